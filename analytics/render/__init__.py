"""Artefacts as pages, files and documents. Nothing is estimated or worded here."""

from analytics.render.archive import archive_bytes
from analytics.render.csv import csv_rows, csv_text
from analytics.render.docx import docx_bytes
from analytics.render.frame_csv import frame_csv, lines_csv
from analytics.render.html import artefact_html
from analytics.render.markdown import markdown_text
from analytics.render.png import png_bytes

__all__ = [
    "archive_bytes",
    "artefact_html",
    "csv_rows",
    "csv_text",
    "docx_bytes",
    "frame_csv",
    "lines_csv",
    "markdown_text",
    "png_bytes",
]
