"""Figures of the duties' pages: places and words in Python, drawn by templates as SVG."""
