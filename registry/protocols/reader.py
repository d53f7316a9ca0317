"""Reading a study protocol from TOML text. What is not understood is refused, never guessed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.dose_reader import read_constraints, read_dose
from registry.protocols.schedule_reader import read_schedule
from registry.protocols.section import ProtocolError, Section
from registry.protocols.types import (
    AcuteBorder,
    Assumption,
    Criterion,
    Endpoint,
    Protocol,
    ReminderPolicy,
    RequiredItems,
    Source,
    ToxicityRule,
)
from registry.protocols.vocabulary import (
    LATE_GRADES,
    Calendar,
    Censoring,
    CtcaeRelease,
    DiseaseGroup,
    DiseaseSetting,
    EventKind,
    Form,
    Population,
    StudyKind,
    TimePoint,
    ToxicityPhase,
    Unit,
)

_NO_SCALE = "none"


def read_protocol(text_or_path: str | Path, *, name: str = "") -> Protocol:
    """Read a protocol from TOML text or from a file.

    Args:
        text_or_path: the text itself, or the path of a UTF-8 file.
        name: what messages call the file; by default the file's name.

    Raises:
        ProtocolError: naming file, key path and reason.
    """
    if isinstance(text_or_path, Path):
        name = name or text_or_path.name
        try:
            text = text_or_path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise ProtocolError(name, "", f"is not UTF-8 text (byte {error.start})") from None
    else:
        name = name or "protocol"
        text = text_or_path
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(name, "", f"not valid TOML: {error}") from None
    return _protocol(Section(table, name=name), table)


def _protocol(section: Section, table: Mapping[str, object]) -> Protocol:
    kind = section.word("kind", StudyKind)
    has_schedule = section.has("schedule")
    if has_schedule != section.has("reminders"):
        section.refuse("reminders", "and schedule belong together: give both or neither")
    if kind is StudyKind.TREATMENT and not has_schedule:
        section.refuse("schedule", "is missing: patients of a treatment study are followed")
    endpoints = tuple(
        _endpoint(code, part, section) for code, part in section.named_sections("endpoints")
    )
    if not endpoints:
        section.refuse("endpoints", "is missing: a study has at least one endpoint")
    dose = read_dose(section.section("dose"))
    protocol = Protocol(
        key=section.text(
            "key", pattern=r"[a-z][a-z0-9_]{0,39}", meaning="small letters, digits and _"
        ),
        title=section.text("title"),
        version=section.text("version"),
        kind=kind,
        calendar=section.word("calendar", Calendar),
        source=_source(section.section("source")),
        disease_groups=section.words("disease_groups", DiseaseGroup),
        settings=section.words("settings", DiseaseSetting),
        eligibility=_eligibility(section.section("eligibility")),
        time_origin=section.word("time_origin", TimePoint),
        endpoints=endpoints,
        schedule=read_schedule(section.section("schedule")) if has_schedule else None,
        toxicity=_toxicity(section.section("toxicity")),
        dose=dose,
        constraints=read_constraints(section.named_sections("constraints")),
        required=_required(section.section("required")),
        reminders=_reminders(section.section("reminders")) if has_schedule else None,
        assumptions=_assumptions(section, table),
    )
    _require_border(protocol, section)
    section.close()
    return protocol


def _require_border(protocol: Protocol, section: Section) -> None:
    """Late toxicity is told by the border: without one there is none to count."""
    for endpoint in protocol.endpoints:
        counted = (*endpoint.events, *endpoint.competing)
        if protocol.toxicity.acute is None and any(kind in LATE_GRADES for kind in counted):
            section.refuse(
                f"endpoints.{endpoint.code}",
                "counts late toxicity, and [toxicity] has no border between acute and late",
            )


def _source(section: Section) -> Source:
    source = Source(section.text("citation"), section.text("doi") if section.has("doi") else "")
    section.close()
    return source


def _eligibility(section: Section) -> tuple[Criterion, ...]:
    criteria: list[Criterion] = []
    for kind in ("inclusion", "exclusion"):
        if not section.has(kind):
            continue
        part = section.section(kind)
        for key in part.keys():  # noqa: SIM118
            if any(criterion.id == key for criterion in criteria):
                part.refuse(key, "is the id of another criterion too")
            criteria.append(Criterion(key, kind == "inclusion", part.text(key)))
    if not any(criterion.is_inclusion for criterion in criteria):
        section.refuse("inclusion", "is missing: a study admits somebody")
    section.close()
    return tuple(criteria)


def _endpoint(code: str, section: Section, parent: Section) -> Endpoint:
    # CDISC ADaM allows eight characters in PARAMCD, the first a letter.
    if not re.fullmatch("[A-Z][A-Z0-9_]*", code):
        parent.refuse(f"endpoints.{code}", "must be a code of capital letters, digits and _")
    if len(code) > 8:
        parent.refuse(f"endpoints.{code}", "must have at most 8 characters")
    events = section.words("events", EventKind)
    competing = section.words("competing", EventKind) if section.has("competing") else ()
    for event in competing:
        if event in events:
            section.refuse("competing", f"{event} is an event of this endpoint already")
    endpoint = Endpoint(
        code=code,
        label=section.text("label"),
        definition=section.text("definition"),
        unit=section.word("unit", Unit),
        origin=section.word("origin", TimePoint),
        events=events,
        competing=competing,
        censoring=section.word("censoring", Censoring),
        population=(
            section.word("population", Population) if section.has("population") else Population.ALL
        ),
        horizon_days=(
            section.whole("horizon_days", at_least=1) if section.has("horizon_days") else None
        ),
    )
    section.close()
    return endpoint


def _toxicity(section: Section) -> ToxicityRule:
    if section.text("ctcae") == _NO_SCALE:
        section.close()
        return ToxicityRule(None, None, (), None)
    rule = ToxicityRule(
        release=section.word("ctcae", CtcaeRelease),
        acute=_acute(section.section("acute")),
        reported=section.words("reported", ToxicityPhase),
        wound_days_after_surgery=(
            section.whole("wound_days_after_surgery", at_least=1)
            if section.has("wound_days_after_surgery")
            else None
        ),
    )
    section.close()
    return rule


def _acute(section: Section) -> AcuteBorder:
    anchor = section.word("anchor", TimePoint)
    stated = [unit for unit in OffsetUnit if section.has(unit.value)]
    if len(stated) != 1:
        section.refuse("", "must name either days or months")
    offset = Offset(section.whole(stated[0].value, at_least=1), stated[0])
    section.close()
    return AcuteBorder(anchor, offset)


def _required(section: Section) -> tuple[RequiredItems, ...]:
    required = tuple(
        RequiredItems(
            form,
            section.texts(form.value, pattern="[a-z][a-z0-9_]*", meaning="names of fields"),
        )
        for form in Form
        if section.has(form.value)
    )
    section.close()
    return required


def _reminders(section: Section) -> ReminderPolicy:
    policy = ReminderPolicy(
        ahead_days=section.whole("ahead_days", at_least=0),
        overdue_rounds_days=section.wholes("overdue_rounds_days", at_least=1),
        escalate_after_days=section.whole("escalate_after_days", at_least=1),
        lost_after_days=section.whole("lost_after_days", at_least=1),
    )
    if policy.lost_after_days <= policy.escalate_after_days:
        section.refuse("lost_after_days", "must lie after escalate_after_days")
    section.close()
    return policy


def _assumptions(section: Section, table: Mapping[str, object]) -> tuple[Assumption, ...]:
    if not section.has("assumptions"):
        return ()
    assumptions: list[Assumption] = []
    for part in section.sections("assumptions"):
        about = part.text("about")
        place: object = table
        for key in about.split("."):
            if not isinstance(place, dict) or key not in place:
                part.refuse("about", f"{about} is no key path of this file")
            place = place[key]
        assumptions.append(Assumption(about, part.text("text")))
        part.close()
    return tuple(assumptions)
