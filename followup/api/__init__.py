"""The duties in the programming interface."""
