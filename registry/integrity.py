"""Rules between tables that a check constraint cannot hold: laid as triggers on both databases.

Each rule is a condition, in SQL that SQLite and PostgreSQL share, under which a write is refused
with :class:`django.db.IntegrityError` carrying the rule's name and message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class IntegrityRule:
    """A write on ``table`` is refused when ``condition`` (about NEW and OLD) holds."""

    name: str
    table: str
    condition: str
    message: str
    operations: tuple[str, ...] = ("INSERT", "UPDATE")


def before(left: str, right: str) -> str:
    """SQL: ``left`` is certainly before ``right`` (ISO texts, compared at common precision)."""
    common = (
        f"(CASE WHEN length({left}) < length({right}) THEN length({left}) ELSE length({right}) END)"
    )
    return f"substr({left}, 1, {common}) < substr({right}, 1, {common})"


def exists(table: str, condition: str) -> str:
    """SQL: a row ``r`` of the table meets the condition."""
    return f"EXISTS (SELECT 1 FROM {table} r WHERE {condition})"


def _other_patient(column: str, table: str, patient: str = "NEW.patient_id") -> str:
    """SQL: the row that NEW points to belongs to another patient."""
    return f"NEW.{column} IS NOT NULL AND NOT " + exists(
        table, f"r.id = NEW.{column} AND r.patient_id = {patient}"
    )


_COURSE_PATIENT = (
    "(SELECT c.patient_id FROM registry_target t JOIN registry_course c ON c.id = t.course_id "
    "WHERE t.id = NEW.target_id)"
)
_ASSESSMENT_PATIENT = (
    "(SELECT a.patient_id FROM registry_assessment a WHERE a.id = NEW.assessment_id)"
)
_LIVE = "NEW.voided_at IS NULL"
_GRADE_5 = "r.grade = 5 AND r.voided_at IS NULL"

RULES: tuple[IntegrityRule, ...] = (
    IntegrityRule(
        "toxicity_grade_exists",
        "registry_toxicityevent",
        "NOT " + exists("registry_ctcaegrade", "r.term_id = NEW.term_id AND r.grade = NEW.grade"),
        "the CTCAE release has no such grade for this term",
    ),
    IntegrityRule(
        "toxicity_grade_5_needs_death",
        "registry_toxicityevent",
        f"NEW.grade = 5 AND {_LIVE} AND NOT "
        + exists("registry_death", "r.patient_id = NEW.patient_id AND r.voided_at IS NULL"),
        "grade 5 means death: enter the death first",
    ),
    IntegrityRule(
        "death_voided_under_grade_5",
        "registry_death",
        "NEW.voided_at IS NOT NULL AND "
        + exists("registry_toxicityevent", f"r.patient_id = NEW.patient_id AND {_GRADE_5}"),
        "a toxicity of grade 5 rests on this death",
        ("UPDATE",),
    ),
    IntegrityRule(
        "death_deleted_under_grade_5",
        "registry_death",
        exists("registry_toxicityevent", f"r.patient_id = OLD.patient_id AND {_GRADE_5}"),
        "a toxicity of grade 5 rests on this death",
        ("DELETE",),
    ),
    IntegrityRule(
        "death_not_before_birth",
        "registry_death",
        f"{_LIVE} AND "
        + exists(
            "registry_patient",
            f"r.id = NEW.patient_id AND {before('NEW.died_on', 'r.birth_date')}",
        ),
        "death is before birth",
    ),
    IntegrityRule(
        "death_not_before_course",
        "registry_death",
        f"{_LIVE} AND "
        + exists(
            "registry_course",
            "r.patient_id = NEW.patient_id AND r.voided_at IS NULL AND "
            + before("NEW.died_on", "r.started_on"),
        ),
        "death is before the start of a course",
    ),
    IntegrityRule(
        "course_not_after_death",
        "registry_course",
        f"{_LIVE} AND "
        + exists(
            "registry_death",
            "r.patient_id = NEW.patient_id AND r.voided_at IS NULL AND "
            + before("r.died_on", "NEW.started_on"),
        ),
        "the course starts after death",
    ),
    IntegrityRule(
        "course_not_before_birth",
        "registry_course",
        f"{_LIVE} AND "
        + exists(
            "registry_patient",
            f"r.id = NEW.patient_id AND {before('NEW.started_on', 'r.birth_date')}",
        ),
        "the course starts before birth",
    ),
    IntegrityRule(
        "birth_not_after_death",
        "registry_patient",
        exists(
            "registry_death",
            "r.patient_id = NEW.id AND r.voided_at IS NULL AND "
            + before("r.died_on", "NEW.birth_date"),
        ),
        "birth is after death",
        ("UPDATE",),
    ),
    IntegrityRule(
        "birth_not_after_course",
        "registry_patient",
        exists(
            "registry_course",
            "r.patient_id = NEW.id AND r.voided_at IS NULL AND "
            + before("r.started_on", "NEW.birth_date"),
        ),
        "birth is after the start of a course",
        ("UPDATE",),
    ),
    IntegrityRule(
        "target_lesion_same_patient",
        "registry_targetlesion",
        _other_patient("lesion_id", "registry_lesion", _COURSE_PATIENT),
        "the lesion belongs to another patient",
    ),
    IntegrityRule(
        "lesion_assessment_same_patient",
        "registry_lesionassessment",
        _other_patient("lesion_id", "registry_lesion", _ASSESSMENT_PATIENT),
        "the lesion belongs to another patient",
    ),
    IntegrityRule(
        "progression_lesion_same_patient",
        "registry_progression",
        _other_patient("lesion_id", "registry_lesion"),
        "the lesion belongs to another patient",
    ),
    IntegrityRule(
        "toxicity_lesion_same_patient",
        "registry_toxicityevent",
        _other_patient("lesion_id", "registry_lesion"),
        "the lesion belongs to another patient",
    ),
    IntegrityRule(
        "toxicity_course_same_patient",
        "registry_toxicityevent",
        _other_patient("course_id", "registry_course"),
        "the course belongs to another patient",
    ),
    IntegrityRule(
        "baseline_course_same_patient",
        "registry_baseline",
        _other_patient("course_id", "registry_course"),
        "the course belongs to another patient",
    ),
    IntegrityRule(
        "phase_target_same_course",
        "registry_phase",
        "NEW.target_id IS NOT NULL AND NOT "
        + exists("registry_target", "r.id = NEW.target_id AND r.course_id = NEW.course_id"),
        "the target belongs to another course",
    ),
    *(
        IntegrityRule(
            f"{table}_keeps_its_{parent}",
            f"registry_{table}",
            f"NEW.{parent}_id <> OLD.{parent}_id",
            f"a row does not move to another {parent}",
            ("UPDATE",),
        )
        for table, parent in (
            ("lesion", "patient"),
            ("course", "patient"),
            ("assessment", "patient"),
            ("target", "course"),
        )
    ),
    IntegrityRule(
        "enrolment_version_of_its_study",
        "registry_enrolment",
        "NOT "
        + exists(
            "registry_protocolversion",
            "r.id = NEW.protocol_version_id AND r.study_id = NEW.study_id",
        ),
        "the protocol version belongs to another study",
    ),
    IntegrityRule(
        "protocol_version_in_use",
        "registry_protocolversion",
        "(NEW.source <> OLD.source OR NEW.study_id <> OLD.study_id OR NEW.number <> OLD.number"
        " OR NEW.effective_on <> OLD.effective_on OR NEW.applies_to <> OLD.applies_to) AND "
        + exists("registry_enrolment", "r.protocol_version_id = OLD.id"),
        "a protocol version in use is not changed: add a new version",
        ("UPDATE",),
    ),
    IntegrityRule(
        "protocol_versions_in_order",
        "registry_protocolversion",
        exists(
            "registry_protocolversion",
            "r.study_id = NEW.study_id AND r.id <> NEW.id AND ("
            "(r.number < NEW.number AND r.effective_on > NEW.effective_on) OR "
            "(r.number > NEW.number AND r.effective_on < NEW.effective_on))",
        ),
        "a later protocol version is effective from the same day on or later",
    ),
    IntegrityRule(
        "user_never_deleted",
        "registry_user",
        "OLD.id IS NOT NULL",
        "people are deactivated, never deleted",
        ("DELETE",),
    ),
)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def sqlite_statements(rules: Iterable[IntegrityRule]) -> list[str]:
    """Drop-and-create statements of the rules for SQLite."""
    statements = []
    for rule in rules:
        for operation in rule.operations:
            name = f"rule_{rule.name}_{operation.lower()}"
            statements += [
                f"DROP TRIGGER IF EXISTS {name}",
                f"CREATE TRIGGER {name} BEFORE {operation} ON {rule.table} WHEN {rule.condition} "
                f"BEGIN SELECT RAISE(ABORT, {_quoted(f'{rule.name}: {rule.message}')}); END",
            ]
    return statements


def postgresql_statements(rules: Iterable[IntegrityRule]) -> list[str]:
    """Create-or-replace statements of the rules for PostgreSQL."""
    statements = []
    for rule in rules:
        row = "OLD" if rule.operations == ("DELETE",) else "NEW"
        statements += [
            f"CREATE OR REPLACE FUNCTION rule_{rule.name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {rule.condition} THEN RAISE EXCEPTION "
            f"{_quoted(f'{rule.name}: {rule.message}')} USING ERRCODE = 'check_violation', "
            f"CONSTRAINT = {_quoted(rule.name)}; END IF; RETURN {row}; END $$",
            f"CREATE OR REPLACE TRIGGER rule_{rule.name} BEFORE {' OR '.join(rule.operations)} "
            f"ON {rule.table} FOR EACH ROW EXECUTE FUNCTION rule_{rule.name}()",
        ]
    return statements
