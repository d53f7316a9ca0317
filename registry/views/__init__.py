"""The pages of the facts. Views read through selectors and never write."""
