"""What the pages of the tables are given."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact, Figure
from analytics.artefacts.study_set import Item, Section
from analytics.render import artefact_html
from analytics.tables.files import section_name
from analytics.tables.state import State
from analytics.workbench.page import ChosenCondition, by_origin
from registry.selectors.studies import sees_whole_study


def contents_page(state: State) -> dict[str, Any]:
    """The context of ``analytics/tables/contents.html``: nothing is computed but the choice."""
    return {
        **_choices(state, reverse("analytics:tables", args=[state.study.key])),
        "sections": [
            (section.words, section_address(state, section), state.of(section))
            for section in Section
        ],
    }


def section_page(state: State, section: Section) -> dict[str, Any]:
    """The context of ``analytics/tables/section.html``: everything of one section."""
    address = section_address(state, section)
    items = state.of(section)
    if section is Section.PAPER:
        items.reverse()  # its own paper goes before the published series
    shown = [] if state.reason else [_shown(state, item) for item in items]
    return {
        **_choices(state, address.partition("?")[0]),
        "title": section.words,
        "sections": [(one.words, section_address(state, one), one is section) for one in Section],
        "shown": shown,
        "document": _file(state, section_name(section), "docx"),
    }


def section_address(state: State, section: Section) -> str:
    """The address of a section, with the choice of patients."""
    if section is Section.PAPER:
        path = reverse("analytics:paper", args=[state.study.key])
    else:
        path = reverse("analytics:tables_section", args=[state.study.key, section.value])
    return f"{path}?{state.query}" if state.query else path


def _choices(state: State, address: str) -> dict[str, Any]:
    return {
        "study": state.study,
        "whole_study": sees_whole_study(state.study),
        "address": address,
        "problems": state.problems,
        "reason": state.reason,
        "conditions": [
            ChosenCondition(
                words=condition.words(state.covariates[condition.covariate]),
                text=condition.text,
                query_without=state.query_of(tuple(one for one in state.where if one != condition)),
            )
            for condition in state.where
        ],
        "asking": state.asking,
        "all_covariates": by_origin(state.covariates.values()),
        "data_cut": state.data_cut,
        "n_chosen": len(state.cohort.patients),
        "n_all": state.n_all,
    }


def _shown(state: State, item: Item) -> tuple[str, str, SafeString, SafeString | str]:
    """Title, anchor and content of an artefact, and the link to its document where it has one."""
    artefact = state.artefact(item)
    content = artefact_html(artefact, _links(state, item, artefact))
    document = format_html(
        '<a href="{}" download>DOCX<span class="hidden-text"> {}</span></a>',
        _file(state, item.name, "docx"),
        artefact.title,
    )
    return artefact.title, item.name, content, document if artefact.parts else ""


def _links(state: State, item: Item, artefact: Artefact) -> dict[str, list[tuple[str, str]]]:
    return {
        part.key: [
            (words, _file(state, item.name, extension, part.key))
            for extension, words in (
                ("csv", _("Figures (CSV)")),
                ("svg", _("Drawing (SVG)")),
                ("png", _("Picture (PNG)")),
            )
            if extension == "csv" or isinstance(part, Figure)
        ]
        for part in artefact.parts
    }


def _file(state: State, name: str, extension: str, part: str = "") -> str:
    path = reverse("analytics:tables_file", args=[state.study.key, name, extension])
    query = "&".join(filter(None, (state.query, urlencode({"part": part}) if part else "")))
    return f"{path}?{query}" if query else path
