"""Every address of the site, from the resolver, and how it is filled in for what is own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from config.access import DOORS, Door, Thing
from registry.api.entities import ENTITIES
from registry.scope import system_scope
from tests.access.world import Side, World


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    name: str
    pattern: str
    parameters: tuple[str, ...]

    @property
    def door(self) -> Door:
        """What is declared of it."""
        return DOORS[self.name]


def addresses() -> list[Address]:
    """All patterns, in the order in which they are tried."""
    return list(_walk(get_resolver()))


def _walk(resolver: URLResolver, namespace: str = "", prefix: str = "") -> Iterator[Address]:
    for one in resolver.url_patterns:
        pattern = f"{prefix}{one.pattern}"
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one, inner, pattern)
        else:
            yield _address(one, namespace, pattern)


def _address(one: URLPattern, namespace: str, pattern: str) -> Address:
    name = f"{namespace}{one.name}" if one.name else pattern
    return Address(name, pattern, tuple(one.pattern.regex.groupindex))


def path_of(address: Address, side: Side, world: World) -> str:
    """The address of what is on that side."""
    if address.name == "^api/":
        return "/api/there/is/nothing/"
    if not address.parameters:
        return reverse(address.name)
    values = {name: _value(name, address, side, world) for name in address.parameters}
    return reverse(address.name, kwargs=values)


OF_STUDIES = (
    "analytics:study",
    "analytics:study_curves",
    "analytics:workbench",
    "analytics:workbench_file",
    "analytics:workbench_rows",
    "analytics:tables",
    "analytics:tables_section",
    "analytics:tables_file",
    "analytics:paper",
    "analytics:covariates",
    "analytics:dashboard",
    "analytics:dashboard_settings",
    "analytics:censoring_audit",
    "analytics:report",
    "analytics:report_file",
    "analytics:reports",
    "analytics:report_schedule_new",
    "analytics:report_schedule_end",
    "analytics:report_schedule_test",
    "analytics:snapshots",
    "analytics:compare_snapshots",
    "analytics:snapshot",
    "analytics:snapshot_bundle",
    "analytics:safety",
    "analytics:safety_rule_end",
    "analytics:safety_alert",
    "registry:study_facts",
    "api:study",
    "api_analytics:curve",
)

FIXED = {
    "endpoint": "OS",
    "ending": "html",
    "form": "course",
    "entity": "course",
    "number": 1,
    "release": "5.0",
    "provider_id": "single-sign-on",
    "uidb36": "1",
    "name": "rates.csv",
    "code": "nothing",
    "token": "nothing",
    "section": "patients",
    "extension": "csv",
}
"""Parameters that name nobody's row."""


def _value(name: str, address: Address, side: Side, world: World) -> Any:
    if name == "pseudonym":
        return side.patient.pseudonym
    if name == "row_id":
        with system_scope():
            return side.patient.courses.get().pk
    if name == "key" and address.door.thing is Thing.UPLOAD:
        return side.upload.key
    if name == "key" and address.name in OF_STUDIES:
        return side.study.key
    if name == "study":
        return side.study.key
    if name == "code" and address.door.thing is Thing.STUDY_BY_ROLE:
        return side.centre.code
    if address.name == "analytics:public_dashboard":
        return side.dashboard.split("/")[2]
    if address.name == "followup:calendar_feed":
        return "nothing"
    if name == "key":
        return "1" if "form" in address.parameters else "nothing"
    if name == "form" and address.name == "followup:form":
        return "treatment"
    if name == "pk":
        return _key(address, side, world)
    if address.name == "analytics:workbench_rows":
        return "adtte.csv"
    if address.name == "analytics:tables_file" and name == "name":
        return "characteristics"
    return FIXED[name]


def _key(address: Address, side: Side, world: World) -> int:
    rows = {
        "registry:correction": side.correction,
        "registry:transfer": side.transfer,
        "registry:end_access": side.access,
        "registry:message": side.message,
        "registry:token_revoke": world.token,
        "registry:person": world.person("nobody").user,
        "registry:centre": side.centre,
        "followup:webhooks": side.centre,
        "followup:calendar_revoke": world.calendar,
        "registry:participation": side.study.participations.get(centre=side.centre),
        "followup:mail": world.mail,
        "followup:leave_cancel": world.leave,
        "analytics:report_schedule_end": side.schedule,
        "analytics:report_schedule_test": side.schedule,
        "analytics:report_copy": side.copy,
        "analytics:report_copy_file": side.copy,
        "followup:doubtful_settle": side.digest,
        "followup:doubtful_settle_letter": side.letter,
        "followup:address_right": side.refused,
        "analytics:safety_rule_end": side.alert.rule,
        "analytics:safety_alert": side.alert,
        "api_followup:expected_visit": side.visit,
        "followup:visit_word": side.visit,
        "api_followup:expected_visit_words": side.visit,
        "api_followup:expected_visit_withdraw": side.visit,
        "mfa_edit_webauthn": world.passkey,
        "mfa_remove_webauthn": world.passkey,
    }
    if address.name in rows:
        return int(rows[address.name].pk)
    if address.name == "end_session":
        return world.session
    return _row_of_table(address.name, side)


def _row_of_table(name: str, side: Side) -> int:
    """The first row of the side's patient in the table of an address of the interface."""
    for entity in ENTITIES:
        if name.startswith(f"api:{entity.name}-"):
            path = entity.model.patient_path or "pk"
            with system_scope():
                row = entity.model.objects.filter(**{path: side.patient.pk}).first()
            assert row is not None, f"the world has no row of {entity.name}"
            return int(row.pk)
    raise KeyError(name)
