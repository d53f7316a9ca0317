"""A table with everything that a renderer must cope with."""

from analytics.artefacts.parts import Artefact, Cell, Column, Figure, Row, Table

HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script> | # \x00*bold*'

TABLE = Table(
    key="sample",
    title="Sample",
    stub="Variable",
    columns=(
        Column("n", group="Group A"),
        Column("%", group="Group A"),
        Column("Remark", is_number=False),
    ),
    rows=(
        Row("Site"),
        Row("Thigh", (Cell("12", 12), Cell("32.4 %", 12 / 37), Cell("")), indent=1),
        Row(HOSTILE, (Cell("–"), Cell("–"), Cell(HOSTILE)), indent=1),
    ),
    notes=("A note.",),
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="72" height="36" viewBox="0 0 72 36">'
    '<rect width="72" height="36" fill="#0072b2"/></svg>'
)
FIGURE = Figure("drawing", "Drawing", SVG, TABLE, notes=("A note.",))
ARTEFACT = Artefact("sample", "Sample artefact", (TABLE, FIGURE))
