"""Documents to keep and to print, typeset with Typst."""
