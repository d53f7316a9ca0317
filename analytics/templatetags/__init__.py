"""How figures of the answers are written on the pages."""
