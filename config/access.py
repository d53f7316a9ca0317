"""What opens each address: declared here, and tried on every address by ``tests/access/``.

The code asks :mod:`registry.permissions`; this table says what its answer must be, so that an
address that nobody has thought about, or that answers another than is meant, fails the suite. An
address, or a method, that is not listed here must not answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from registry.api.entities import ENTITIES
from registry.models import Identity
from registry.roles import Action


class Who(Enum):
    """What opens an address beside the actions of the table of roles."""

    ANYBODY = auto()
    """Signed in or not: the doors of signing in, and addresses that are keys themselves."""
    SIGNED_IN = auto()
    """Everybody signed in; what the page shows is cut to the reader's scope."""


Opens = Action | Who | frozenset[Action]
"""One of several actions is enough."""


class Thing(Enum):
    """What an address names, and so who finds it there. Everybody else is answered 404."""

    CASE = auto()
    """A patient, or something about one: who reads the case."""
    IDENTITY = auto()
    """Names and numbers: who reads identities at the patient's centre."""
    TRANSFER = auto()
    """An offer: the two centres, and who reads the case."""
    UPLOAD = auto()
    """An import: who enters cases at its centre."""
    STUDY = auto()
    """A study: who has a role in it, or at a centre that takes part."""
    WHOLE_STUDY = auto()
    """A study over all centres: who has a role in it, not those with one at a centre."""
    STUDY_BY_ROLE = auto()
    """A study or a centre of it: who may do this in the study."""
    OWN = auto()
    """A row of one person: that person alone."""
    MAIL_IN_DOUBT = auto()
    """A mail of reminders: its reader, and who steers a study that it speaks of."""
    MAIL_ADDRESS = auto()
    """Of a person: that person, who steers a study around them, and who keeps accounts."""
    ACCOUNT = auto()
    """Accounts, centres and what they take part in: who keeps them."""


@dataclass(frozen=True)
class Door:
    """An address: which methods it answers, for whom, and what it names.

    Attributes:
        methods: method → what opens it; HEAD goes with GET.
        thing: what the address names; None where it names nothing.
        asks_first: people without the action anywhere are refused with 403 whatever they name.
    """

    methods: Mapping[str, Opens]
    thing: Thing | None = None
    asks_first: bool = False

    def opens(self, method: str) -> Opens | None:
        """What opens the address for the method; None for a method that it does not answer."""
        return self.methods.get("GET" if method == "HEAD" else method)


def _door(
    get: Opens | None = None,
    post: Opens | None = None,
    patch: Opens | None = None,
    thing: Thing | None = None,
    asks_first: bool = False,
) -> Door:
    given = {"GET": get, "POST": post, "PATCH": patch}
    methods = {method: opens for method, opens in given.items() if opens is not None}
    return Door(methods, thing, asks_first)


ANYBODY, SIGNED_IN = Who.ANYBODY, Who.SIGNED_IN
READ, ENTER = Action.READ_CASES, Action.ENTER_CASES
FIGURES, WATCH = Action.READ_FIGURES, Action.WATCH_SAFETY
KEEP, AUDIT = Action.MANAGE_ACCOUNTS, Action.READ_AUDIT

_SIGNING_IN = {
    "login": _door(ANYBODY, ANYBODY),
    "account_login": _door(ANYBODY, ANYBODY),
    "logout": _door(post=ANYBODY),
    "mfa_authenticate": _door(ANYBODY, ANYBODY),
    "mfa_login_webauthn": _door(ANYBODY, ANYBODY),
    "openid_connect_login": _door(post=ANYBODY),
    "openid_connect_callback": _door(ANYBODY),
    "account_reset_password": _door(ANYBODY, ANYBODY),
    "account_reset_password_done": _door(ANYBODY),
    "account_reset_password_from_key": _door(ANYBODY, ANYBODY),
    "account_reset_password_from_key_done": _door(ANYBODY),
    "registry:invitation": _door(ANYBODY, ANYBODY),
}

_BY_KEY = {
    # The link of a mail, which its reader may open without an account at hand.
    "followup:unsubscribe": _door(ANYBODY, ANYBODY),
    # Calendar programs cannot sign in: the address itself is the key.
    "followup:calendar_feed": _door(ANYBODY),
    # Aggregates, for everybody to whom the people who steer a study give the address.
    "analytics:public_dashboard": _door(ANYBODY),
}

_OWN_ACCOUNT = {
    "account": _door(SIGNED_IN),
    "account_reauthenticate": _door(SIGNED_IN, SIGNED_IN),
    "mfa_reauthenticate": _door(SIGNED_IN, SIGNED_IN),
    "mfa_reauthenticate_webauthn": _door(SIGNED_IN, SIGNED_IN),
    "account_change_password": _door(SIGNED_IN, SIGNED_IN),
    "mfa_index": _door(SIGNED_IN),
    "mfa_activate_totp": _door(SIGNED_IN, SIGNED_IN),
    "mfa_deactivate_totp": _door(SIGNED_IN, SIGNED_IN, thing=Thing.OWN),
    "mfa_view_recovery_codes": _door(SIGNED_IN, thing=Thing.OWN),
    "mfa_generate_recovery_codes": _door(SIGNED_IN, SIGNED_IN),
    "mfa_download_recovery_codes": _door(SIGNED_IN, thing=Thing.OWN),
    "mfa_add_webauthn": _door(SIGNED_IN, SIGNED_IN),
    "mfa_edit_webauthn": _door(SIGNED_IN, SIGNED_IN, thing=Thing.OWN),
    "mfa_remove_webauthn": _door(SIGNED_IN, SIGNED_IN, thing=Thing.OWN),
    "usersessions_list": _door(SIGNED_IN, SIGNED_IN),
    "end_session": _door(post=SIGNED_IN, thing=Thing.OWN),
    "registry:tokens": _door(SIGNED_IN, SIGNED_IN),
    "registry:token_revoke": _door(post=SIGNED_IN, thing=Thing.OWN),
    "followup:calendars": _door(SIGNED_IN, SIGNED_IN),
    "followup:calendar_revoke": _door(post=SIGNED_IN, thing=Thing.OWN),
    "followup:mailbox": _door(SIGNED_IN),
    "followup:mail": _door(SIGNED_IN, thing=Thing.OWN),
    "followup:reminder_wishes": _door(SIGNED_IN, SIGNED_IN),
    "followup:leave_cancel": _door(post=SIGNED_IN, thing=Thing.OWN),
}

_CASES = {
    "registry:home": _door(SIGNED_IN),
    "registry:style": _door(SIGNED_IN),
    "registry:ctcae": _door(SIGNED_IN),
    "registry:ctcae_grades": _door(SIGNED_IN),
    "registry:screenings": _door(SIGNED_IN),
    "followup:grid": _door(SIGNED_IN),
    "followup:search": _door(post=SIGNED_IN),
    "followup:own_figures": _door(SIGNED_IN),
    "followup:own_figures_csv": _door(SIGNED_IN),
    "followup:own_forecast_csv": _door(SIGNED_IN),
    "followup:losses": _door(SIGNED_IN),
    "followup:visits_missed": _door(ENTER, ENTER),
    "followup:visit_word": _door(ENTER, ENTER, thing=Thing.CASE),
    "analytics:studies": _door(SIGNED_IN),
    "analytics:study": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:workbench": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:workbench_file": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:workbench_rows": _door(READ, thing=Thing.STUDY),
    "analytics:report": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:report_file": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:reports": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:report_copy": _door(SIGNED_IN, thing=Thing.OWN),
    "analytics:report_copy_file": _door(SIGNED_IN, thing=Thing.OWN),
    "analytics:study_curves": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:dashboard": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:dashboard_settings": _door(
        Action.STEER_STUDY, Action.STEER_STUDY, thing=Thing.STUDY
    ),
    "analytics:tables": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:tables_section": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:tables_file": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:paper": _door(SIGNED_IN, thing=Thing.STUDY),
    "analytics:covariates": _door(SIGNED_IN, Action.DEFINE_ANALYSES, thing=Thing.STUDY),
    "analytics:censoring_audit": _door(READ, thing=Thing.STUDY),
    "analytics:dose_volume": _door(READ, thing=Thing.CASE),
    "analytics:snapshots": _door(FIGURES, Action.DEFINE_ANALYSES, thing=Thing.WHOLE_STUDY),
    "analytics:compare_snapshots": _door(FIGURES, thing=Thing.WHOLE_STUDY),
    "analytics:snapshot": _door(FIGURES, thing=Thing.WHOLE_STUDY),
    "analytics:snapshot_bundle": _door(READ, thing=Thing.WHOLE_STUDY),
    "analytics:safety": _door(READ, WATCH, thing=Thing.WHOLE_STUDY),
    "analytics:safety_rule_end": _door(post=WATCH, thing=Thing.WHOLE_STUDY),
    "analytics:safety_alert": _door(READ, WATCH, thing=Thing.WHOLE_STUDY),
    "registry:new_patient": _door(ENTER, ENTER),
    "registry:new_patient_live": _door(post=ENTER),
    "registry:patient": _door(READ, thing=Thing.CASE),
    "registry:case_pdf": _door(READ, thing=Thing.CASE),
    "registry:history": _door(READ, thing=Thing.CASE),
    "followup:form": _door(READ, thing=Thing.CASE),
    "registry:enter": _door(ENTER, ENTER, thing=Thing.CASE),
    "registry:live": _door(post=ENTER, thing=Thing.CASE),
}

_BESIDE_CASES = {
    "registry:correction": _door(READ, ENTER, thing=Thing.CASE),
    "registry:audit": _door(frozenset({AUDIT, KEEP})),
    "registry:audit_csv": _door(frozenset({AUDIT, KEEP})),
    "registry:audit_looks": _door(AUDIT),
    "registry:audit_looks_csv": _door(AUDIT),
    "registry:past": _door(AUDIT, thing=Thing.CASE),
    "registry:ask_correction": _door(
        Action.ASK_CORRECTIONS, Action.ASK_CORRECTIONS, thing=Thing.CASE
    ),
    "registry:mark_form": _door(post=Action.LOCK_FORMS, thing=Thing.CASE),
    "registry:unlock_form": _door(Action.LOCK_FORMS, Action.LOCK_FORMS, thing=Thing.CASE),
    "registry:sign_form": _door(Action.SIGN_FORMS, Action.SIGN_FORMS, thing=Thing.CASE),
    "registry:transfers": _door(SIGNED_IN),
    "registry:transfer": _door(SIGNED_IN, Action.TRANSFER_PATIENTS, thing=Thing.TRANSFER),
    "registry:offer_transfer": _door(
        Action.TRANSFER_PATIENTS, Action.TRANSFER_PATIENTS, thing=Thing.CASE
    ),
    "registry:give_access": _door(
        Action.GIVE_TEMPORARY_ACCESS, Action.GIVE_TEMPORARY_ACCESS, thing=Thing.CASE
    ),
    "registry:end_access": _door(
        post=frozenset({Action.GIVE_TEMPORARY_ACCESS, ENTER}), thing=Thing.CASE
    ),
    "registry:message": _door(READ, frozenset({Action.SEND_MESSAGES, ENTER}), thing=Thing.CASE),
    "registry:send_message": _door(Action.SEND_MESSAGES, Action.SEND_MESSAGES, thing=Thing.CASE),
}

_IMPORTS = {
    "registry:imports": _door(ENTER),
    "registry:import_new": _door(ENTER, ENTER),
    "registry:import_template": _door(ENTER),
    "registry:import_step": _door(ENTER, thing=Thing.UPLOAD),
    "registry:import_mapping": _door(ENTER, ENTER, thing=Thing.UPLOAD),
    "registry:import_columns": _door(ENTER, ENTER, thing=Thing.UPLOAD),
    "registry:import_columns_of": _door(ENTER, thing=Thing.UPLOAD),
    "registry:import_preview": _door(ENTER, thing=Thing.UPLOAD),
    "registry:import_check": _door(post=ENTER, thing=Thing.UPLOAD),
    "registry:import_start": _door(post=ENTER, thing=Thing.UPLOAD),
    "registry:import_cancel": _door(post=ENTER, thing=Thing.UPLOAD),
    "registry:import_progress": _door(ENTER, thing=Thing.UPLOAD),
    "registry:import_rows_workbook": _door(ENTER, thing=Thing.UPLOAD),
    "registry:import_rows_csv": _door(ENTER, thing=Thing.UPLOAD),
}

STEER, VERIFY = Action.STEER_STUDY, Action.VERIFY_SOURCE
AMEND = Action.AMEND_PROTOCOL

_REMINDERS = {
    "followup:reminders": _door(SIGNED_IN),
    "followup:send_log": _door(SIGNED_IN),
    "followup:send_log_csv": _door(SIGNED_IN),
    "followup:doubtful": _door(SIGNED_IN),
    "followup:doubtful_settle": _door(post=SIGNED_IN, thing=Thing.MAIL_IN_DOUBT),
    "followup:doubtful_settle_letter": _door(post=SIGNED_IN, thing=Thing.MAIL_IN_DOUBT),
    "followup:address_right": _door(post=SIGNED_IN, thing=Thing.MAIL_ADDRESS),
}

_STEERING = {
    "followup:centres": _door(STEER, asks_first=True),
    "followup:study_centres": _door(STEER, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "followup:study_centres_csv": _door(STEER, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "followup:figures": _door(STEER, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "followup:figures_csv": _door(STEER, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "followup:forecast_csv": _door(STEER, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "followup:centre": _door(STEER, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "analytics:report_schedule_new": _door(
        STEER, STEER, thing=Thing.STUDY_BY_ROLE, asks_first=True
    ),
    "analytics:report_schedule_end": _door(post=STEER, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "analytics:report_schedule_test": _door(post=STEER, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "followup:schedule": _door(SIGNED_IN, thing=Thing.STUDY),
    "followup:schedule_file": _door(SIGNED_IN, thing=Thing.STUDY),
    "followup:amend": _door(AMEND, AMEND, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "followup:amend_live": _door(post=AMEND, thing=Thing.STUDY_BY_ROLE, asks_first=True),
    "followup:monitoring": _door(VERIFY, asks_first=True),
    "followup:monitoring_centre": _door(VERIFY, thing=Thing.STUDY_BY_ROLE, asks_first=True),
}

_ACCOUNTS = {
    name: _door(KEEP, KEEP, thing=Thing.ACCOUNT, asks_first=True)
    for name in (
        "registry:invite",
        "registry:person",
        "registry:access_review",
        "registry:centre_new",
        "registry:centre",
        "registry:participation",
        "registry:study_facts",
        "followup:webhooks",
    )
} | {
    name: _door(KEEP, thing=Thing.ACCOUNT, asks_first=True)
    for name in ("registry:people", "registry:centres")
}


_INTERFACE = {
    "api_about:schema": _door(SIGNED_IN),
    "api_about:docs": _door(SIGNED_IN),
    "api:studies": _door(SIGNED_IN),
    "api:study": _door(SIGNED_IN, thing=Thing.STUDY),
    "api:centres": _door(SIGNED_IN),
    "api:ctcae_terms": _door(SIGNED_IN),
    "api:cases": _door(post=ENTER),
    "api:case": _door(READ, thing=Thing.CASE),
    "api_followup:expected_visits": _door(SIGNED_IN),
    "api_followup:expected_visit": _door(READ, thing=Thing.CASE),
    "api_followup:expected_visit_words": _door(READ, ENTER, thing=Thing.CASE),
    "api_followup:expected_visit_withdraw": _door(post=ENTER, thing=Thing.CASE),
    "api_analytics:curve": _door(SIGNED_IN, thing=Thing.STUDY),
    "^api/": _door(),
}


def _tables() -> Iterator[tuple[str, Door]]:
    """Four addresses of the programming interface for each table."""
    for entity in ENTITIES:
        is_identity = entity.model is Identity
        read = Action.READ_IDENTITY if is_identity else READ
        thing = Thing.IDENTITY if is_identity else Thing.CASE
        name = f"api:{entity.name}"
        yield f"{name}-list", _door(SIGNED_IN, ENTER)
        yield f"{name}-detail", _door(read, patch=ENTER, thing=thing)
        yield f"{name}-void", _door(post=ENTER, thing=thing)
        yield f"{name}-history", _door(read, thing=thing)


DOORS: Mapping[str, Door] = {
    **_SIGNING_IN,
    **_BY_KEY,
    **_OWN_ACCOUNT,
    **_CASES,
    **_BESIDE_CASES,
    **_IMPORTS,
    **_REMINDERS,
    **_STEERING,
    **_ACCOUNTS,
    **_INTERFACE,
    **dict(_tables()),
}
"""Name of the address (its pattern, where it has no name) → what opens it."""
