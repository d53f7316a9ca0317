"""The duties' part of the pages."""
