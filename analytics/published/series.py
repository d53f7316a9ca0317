"""Published series to compare a study with: one TOML file per table of the literature."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from registry.protocols import Protocol
from registry.protocols.section import ProtocolError, Section
from registry.protocols.vocabulary import DiseaseSetting, Technique, Unit

FOLDER = Path(__file__).parent


class Outcome(StrEnum):
    """What a series reports, in percent."""

    LOCAL_CONTROL = "local_control"
    SURVIVAL = "overall_survival"
    TOXICITY_3 = "toxicity_3"  # patients with toxicity of grade 3 or more
    LATE_2 = "late_2"  # patients with late toxicity of grade 2 or more
    WOUND = "wound"  # patients with a wound complication after surgery
    FIBROSIS = "fibrosis"  # these four: late, of grade 2 or more
    OEDEMA = "oedema"
    JOINT = "joint"
    FRACTURE = "fracture"

    @property
    def is_rate_at_a_time(self) -> bool:
        """True for a point of a survival curve."""
        return self in (Outcome.LOCAL_CONTROL, Outcome.SURVIVAL)


@dataclass(frozen=True)
class Series:
    """One line of a table.

    Attributes:
        name: authors and year, with the arm where a publication has several.
        year: of publication; None where the source gives none.
        patients, lesions: how many; None where not stated or not counted.
        treatment: technique and dose in words.
        disease: site and histology in words, "" where the table's title says it.
        follow_up_months: median; None where not stated.
        years: time at which local control and survival are given; None where there are none.
        percent: the figures by outcome; an outcome that is not reported is not in it.
        reference: place in the source where it is not that of the whole set.
        paper: key of the study in this registry whose paper the line is, "" for others.
        note: what a reader must know of the figures.
    """

    name: str
    year: int | None
    patients: int | None
    lesions: int | None
    treatment: str
    disease: str
    follow_up_months: float | None
    years: float | None
    percent: dict[Outcome, float]
    reference: str
    paper: str
    note: str


@dataclass(frozen=True)
class SeriesSet:
    """A table of series.

    Attributes:
        key: name of the file.
        citation, reference: the source and the place in it.
        unit: what local control is counted on.
        outcomes: columns, in their order.
        protocols: keys of protocols it is a benchmark for.
        settings, techniques: it is one too for a protocol that has a setting and a technique here.
        note: what a reader must know of all its figures.
        not_pooled: why its series are not pooled, "" where they are.
    """

    key: str
    title: str
    citation: str
    reference: str
    unit: Unit
    outcomes: tuple[Outcome, ...]
    protocols: tuple[str, ...]
    settings: tuple[DiseaseSetting, ...]
    techniques: tuple[Technique, ...]
    series: tuple[Series, ...]
    note: str
    not_pooled: str

    def applies_to(self, protocol: Protocol) -> bool:
        """Whether a study under this protocol is compared with the set."""
        if protocol.key in self.protocols:
            return True
        same_setting = set(self.settings) & set(protocol.settings)
        same_technique = set(self.techniques) & set(protocol.dose.techniques)
        return bool(same_setting and same_technique)


@cache
def series_sets() -> tuple[SeriesSet, ...]:
    """All sets that come with the registry, by key.

    Raises:
        ProtocolError: a file that cannot be accepted; names file, key path and reason.
    """
    paths = sorted(FOLDER.glob("*.toml"))
    return tuple(read_series(path.read_text(encoding="utf-8"), path.stem) for path in paths)


def sets_for(protocol: Protocol) -> tuple[SeriesSet, ...]:
    """The sets that a study under this protocol is compared with."""
    return tuple(one for one in series_sets() if one.applies_to(protocol))


def read_series(text: str, key: str) -> SeriesSet:
    """A set from TOML text; ``key`` names it in errors.

    Raises:
        ProtocolError: naming file, key path and reason.
    """
    try:
        section = Section(tomllib.loads(text), name=f"{key}.toml")
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"{key}.toml", "", str(error)) from error
    applies = section.section("applies_to")
    found = SeriesSet(
        key=key,
        title=section.text("title"),
        citation=section.text("citation"),
        reference=section.text("reference"),
        unit=section.word("unit", Unit),
        outcomes=section.words("outcomes", Outcome),
        protocols=applies.texts("protocols") if applies.has("protocols") else (),
        settings=applies.words("settings", DiseaseSetting) if applies.has("settings") else (),
        techniques=applies.words("techniques", Technique) if applies.has("techniques") else (),
        series=tuple(_series(one) for one in section.sections("series")),
        note=_text(section, "note"),
        not_pooled=_text(section, "not_pooled"),
    )
    applies.close()
    section.close()
    return found


def _series(section: Section) -> Series:
    found = Series(
        name=section.text("name"),
        year=_whole(section, "year"),
        patients=_whole(section, "patients"),
        lesions=_whole(section, "lesions"),
        treatment=_text(section, "treatment"),
        disease=_text(section, "disease"),
        follow_up_months=_number(section, "follow_up_months"),
        years=_number(section, "years"),
        percent=_percent(section.section("percent")),
        reference=_text(section, "reference"),
        paper=_text(section, "paper"),
        note=_text(section, "note"),
    )
    if found.years is None and any(outcome.is_rate_at_a_time for outcome in found.percent):
        section.refuse("years", "is missing: a rate needs its time")
    section.close()
    return found


def _percent(section: Section) -> dict[Outcome, float]:
    found = {outcome: section.percent(outcome) for outcome in Outcome if section.has(outcome)}
    section.close()
    return found


def _text(section: Section, key: str) -> str:
    return section.text(key) if section.has(key) else ""


def _whole(section: Section, key: str) -> int | None:
    return section.whole(key, at_least=1) if section.has(key) else None


def _number(section: Section, key: str) -> float | None:
    return section.number(key) if section.has(key) else None
