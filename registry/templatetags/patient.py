"""Parts of a patient's page: a section with its links and problems, and the link of a row."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from registry.entry.links import row_address
from registry.models import ClinicalRow
from registry.models.choices import Comorbidity
from registry.selectors.patient_sections import Section
from registry.selectors.row_words import row_words
from registry.templatetags.marks import form_marks, shows_marks
from registry.templatetags.ui import empty, scroll, section

register = template.Library()


@register.simple_block_tag(takes_context=True)
def part(context: template.Context, content: str, shown: Section, note: str = "") -> SafeString:
    """A section of the page: problems first, then what is recorded, or that nothing is."""
    return _framed(context, mark_safe(content), shown, note)  # noqa: S308


@register.simple_block_tag(takes_context=True)
def table_part(context: template.Context, content: str, shown: Section) -> SafeString:
    """A section that is one table: ``content`` is its head and body."""
    table = mark_safe(f"<table>{content}</table>")  # noqa: S308
    if shown.count:
        return _framed(context, scroll(table, str(shown.kind.title)), shown)
    nothing = render_to_string("components/empty.html", empty(str(shown.kind.empty)))
    return _framed(context, nothing, shown)


def _framed(
    context: template.Context, content: SafeString, shown: Section, note: str = ""
) -> SafeString:
    words = {"shown": shown, "patient": context["patient"]}
    problems = render_to_string("registry/patient/_problems.html", words).strip()
    return section(
        mark_safe(problems + content),  # noqa: S308
        str(shown.kind.title),
        shown.kind.ident,
        shown.count or None,
        note,
        render_to_string("registry/patient/_section_links.html", words),
    )


@register.inclusion_tag("registry/patient/_change.html", takes_context=True)
def change(context: template.Context, row: ClinicalRow) -> dict[str, Any]:
    """A link to the form of a row, for people who may enter; nothing for others."""
    address = row_address(row, context["patient"]) if context["may_enter"] else ""
    return {"address": address, "what": row_words(row)}


@register.simple_tag(takes_context=True)
def change_head(context: template.Context) -> SafeString:
    """The heads of the columns of marks and of such links, where there is something in them."""
    marks = format_html('<th scope="col">{}</th>', _("Marks")) if shows_marks(context) else ""
    if not context["may_enter"]:
        return mark_safe(marks)  # noqa: S308
    link = format_html('<th scope="col"><span class="hidden-text">{}</span></th>', _("Change"))
    return format_html("{}{}", marks, link)


@register.simple_tag(takes_context=True)
def change_cell(context: template.Context, row: ClinicalRow) -> SafeString:
    """The marks and the link of a row as the last cells of its line."""
    marks: SafeString | str = ""
    if shows_marks(context):
        shown = render_to_string("registry/patient/_marks.html", form_marks(context, row))
        marks = format_html("<td>{}</td>", shown)
    if not context["may_enter"]:
        return mark_safe(marks)  # noqa: S308
    link = render_to_string("registry/patient/_change.html", change(context, row))
    return format_html("{}<td>{}</td>", marks, link)


@register.filter
def comorbidity_words(codes: str) -> str:
    """The conditions of a baseline in words; "" where they were not asked."""
    if codes == "none":
        return _("None")
    return ", ".join(str(Comorbidity(code).label) for code in codes.split(";") if code)
