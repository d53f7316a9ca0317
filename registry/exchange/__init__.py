"""Ways in and out: one module per outside format."""
