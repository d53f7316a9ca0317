"""The programming interface of the facts: JSON over HTTP, by the same services as the forms."""
