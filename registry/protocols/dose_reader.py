"""Reading the dose language, the dose patterns and the organ constraints of a protocol file."""

from __future__ import annotations

from registry.protocols.section import Section
from registry.protocols.types import (
    DoseConstraint,
    DoseLimit,
    DosePattern,
    DosePolicy,
    PhasePattern,
    Range,
)
from registry.protocols.vocabulary import (
    DoseUnit,
    MetricUnit,
    RbeModel,
    Region,
    Technique,
)

_STRUCTURE = "[A-Za-z][A-Za-z0-9_~^+]*"
_METRIC = r"Max|Mean|Min|[VD]C?[0-9.]+(Gy|%|cm3)"


def read_dose(section: Section) -> DosePolicy:
    """Dose unit, RBE model, techniques, α/β values and dose patterns.

    Raises:
        ProtocolError: naming file, key path and reason.
    """
    unit = section.word("unit", DoseUnit)
    rbe_model = section.word("rbe_model", RbeModel) if section.has("rbe_model") else None
    if (unit is DoseUnit.GY_RBE) != (rbe_model is not None):
        section.refuse("rbe_model", "belongs to doses in Gy(RBE), and these need it")
    techniques = section.words("techniques", Technique) if section.has("techniques") else ()
    alpha_beta = section.section("alpha_beta_gy")
    tumour, normal = alpha_beta.number("tumour"), alpha_beta.number("normal")
    structures: tuple[tuple[str, float], ...] = ()
    if alpha_beta.has("structures"):
        own = alpha_beta.section("structures")
        structures = tuple((name, own.number(name)) for name in own.keys())  # noqa: SIM118
    alpha_beta.close()
    patterns = tuple(_pattern(key, part) for key, part in section.named_sections("patterns"))
    section.close()
    return DosePolicy(unit, rbe_model, tumour, normal, structures, patterns, techniques)


def _pattern(key: str, section: Section) -> DosePattern:
    label = section.text("label")
    phases: list[PhasePattern] = []
    for part in section.sections("phases"):
        phases.append(
            PhasePattern(
                dose=_range(part, "dose"),
                fractions=_range(part, "fractions") if part.has("fractions") else None,
                fractions_per_week=(
                    part.whole("fractions_per_week", at_least=1)
                    if part.has("fractions_per_week")
                    else None
                ),
                is_boost=len(phases) > 0,
            )
        )
        part.close()
    section.close()
    return DosePattern(key, label, tuple(phases))


def _range(section: Section, key: str) -> Range:
    values = section.numbers(key)
    if len(values) > 2 or values[0] > values[-1]:
        section.refuse(key, f"must be [value] or [lowest, highest], found {list(values)}")
    return Range(values[0], values[-1])


def read_constraints(sections: list[tuple[str, Section]]) -> tuple[DoseConstraint, ...]:
    """Constraints of organs at risk.

    Raises:
        ProtocolError: naming file, key path and reason.
    """
    return tuple(_constraint(key, part) for key, part in sections)


def _constraint(key: str, section: Section) -> DoseConstraint:
    constraint = DoseConstraint(
        id=key,
        structures=section.texts("structures", pattern=_STRUCTURE, meaning="TG-263 names"),
        text=section.text("text"),
        region=section.word("region", Region) if section.has("region") else Region.ANY,
        limits=(
            tuple(_limit(part) for part in section.sections("any_of"))
            if section.has("any_of")
            else ()
        ),
    )
    section.close()
    return constraint


def _limit(section: Section) -> DoseLimit:
    metric = section.text(
        "metric", pattern=_METRIC, meaning="a TG-263 metric such as V20Gy, D2cm3, Mean or Max"
    )
    unit = section.word("unit", MetricUnit)
    is_strict = section.has("below")
    if is_strict == section.has("at_most"):
        section.refuse("", "must name either at_most or below")
    value = section.number("below" if is_strict else "at_most")
    section.close()
    return DoseLimit(metric, unit, value, is_strict)
