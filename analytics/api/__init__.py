"""The answers in the programming interface."""
