"""The overview of a folder of tables: one HTML file that needs no other to be read or printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact
from analytics.artefacts.study_set import Section
from analytics.cohort import Cohort
from analytics.render import artefact_html

_CSS = Path(__file__).with_name("overview.css")

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{css}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<ul class="plain notes">{notes}</ul>
<p class="downloads">{files}</p>
<nav class="contents" aria-label="{contents_label}">{contents}</nav>
{sections}
</main>
</body>
</html>
"""

Made = tuple[str, Section, Artefact]
"""Name of an artefact, its section, and it."""


def overview_html(
    cohort: Cohort,
    made: Sequence[Made],
    *,
    files: Mapping[str, str],
    of_parts: Mapping[str, Sequence[tuple[str, str]]],
) -> str:
    """The page: contents, then every artefact under its section.

    Args:
        files: words → name of the files that hold everything.
        of_parts: key of a part → words and name of its files.
    """
    by_section = [
        (section, [(name, one) for name, of, one in made if of is section]) for section in Section
    ]
    return format_html(
        _PAGE,
        language=get_language() or "en",
        title=_("%(study)s: tables and figures") % {"study": cohort.study_title},
        # Written by us; the style of a file that stands alone stands in it.
        css=mark_safe(_CSS.read_text(encoding="utf-8")),  # noqa: S308
        notes=format_html_join("", "<li>{}</li>", ((note,) for note in standard_notes(cohort))),
        files=_links(files.items()),
        contents_label=_("Contents"),
        contents=format_html_join(
            "", "<ul class='plain'><li><b>{}</b></li>{}</ul>", map(_contents, by_section)
        ),
        sections=format_html_join("\n", "{}", ((_section(*one, of_parts),) for one in by_section)),
    )


def _links(files: object) -> SafeString:
    return format_html_join(" ", '<a href="{1}">{0}</a>', files)  # type: ignore[arg-type]


def _contents(part: tuple[Section, list[tuple[str, Artefact]]]) -> tuple[object, SafeString]:
    section, artefacts = part
    lines = ((name, one.title) for name, one in artefacts)
    return section.words, format_html_join("", '<li><a href="#{}">{}</a></li>', lines)


def _section(
    section: Section,
    artefacts: Sequence[tuple[str, Artefact]],
    of_parts: Mapping[str, Sequence[tuple[str, str]]],
) -> SafeString:
    shown = format_html_join(
        "\n",
        '<section id="{}"><h3>{}</h3>{}</section>',
        ((name, one.title, artefact_html(one, of_parts)) for name, one in artefacts),
    )
    return format_html("<h2>{}</h2>\n{}", section.words, shown)
