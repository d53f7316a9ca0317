"""Two centres, two studies, a patient in each with something of everything, all kinds of people.

What belongs to the first centre and the first study is called *own*: it is what everybody asks for.
The people of the second centre and the second study are the strangers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from analytics.models import ReportCopy, ReportSchedule, SafetyAlert
from analytics.services.snapshots import freeze
from followup.models import (
    CalendarFeed,
    Digest,
    ExpectedVisit,
    Leave,
    Letter,
    Mail,
    MailState,
    RefusedAddress,
    Reminder,
)
from followup.models.reminder import message_id
from followup.services import calendar_feeds, recompute
from registry import keyring
from registry.models import (
    ApiToken,
    CaseMessage,
    Centre,
    CorrectionRequest,
    ImportUpload,
    Patient,
    Study,
    TemporaryAccess,
    Transfer,
    User,
)
from registry.models.choices import Role
from registry.roles import GRANTS, Action, Reach
from registry.scope import system_scope
from registry.services import import_uploads, tokens
from tests.analytics.dashboard.opening import public
from tests.analytics.reports.issuing import doubtful
from tests.analytics.safety.watched import raised_in
from tests.factories import (
    CentreFactory,
    CorrectionRequestFactory,
    DeathFactory,
    IdentityFactory,
    MembershipFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    TreatmentHistoryFactory,
    UserFactory,
)
from tests.registry.importing import csv_file
from tests.registry.views.full_case import full_case

OWN, OTHER = "own", "other"
CENTRE_ROLES = (Role.DATA_MANAGER, Role.INVESTIGATOR)
STUDY_ROLES = (Role.COORDINATOR, Role.MONITOR, Role.ANALYST)


@dataclass(frozen=True)
class Canary:
    """Who a patient is, in words that occur nowhere else."""

    family_name: str
    given_names: str
    record_number: str
    contact: str
    birth_date: str

    def traces(self) -> tuple[str, ...]:
        """What must not be found, lower case: parts of it are enough."""
        year, month, day = self.birth_date.split("-")
        dates = (
            self.birth_date,
            f"{day}.{month}.{year}",
            f"{day}/{month}/{year}",
            f"{month}/{day}/{year}",
            f"{year}{month}{day}",
            f"{int(day)} {dt.date(int(year), int(month), int(day)):%B} {year}".lower(),
            f"{int(day)} {dt.date(int(year), int(month), int(day)):%b} {year}".lower(),
        )
        names = (self.family_name, self.given_names, self.record_number, self.contact)
        return (*(name.lower() for name in names), *dates)


CANARIES = {
    OWN: Canary("Quillanova", "Perpetuazza", "RNKANARI7716", "Kanarienweg 47", "1957-03-19"),
    OTHER: Canary("Wodzimrikov", "Eulogiusina", "RNKANARI8835", "Zeisigpfad 92", "1948-11-27"),
}


@dataclass
class Person:
    """Somebody who asks, with the places of their roles as this world means them."""

    name: str
    user: Any
    roles: list[tuple[Role, str]] = field(default_factory=list)
    is_guest: bool = False
    is_stranger: bool = False

    def may(self, action: Action) -> bool:
        """Whether a role of the person allows this with what is own."""
        return any(action in GRANTS[role][1] for role, place in self.roles if place == OWN)

    def may_anywhere(self, action: Action) -> bool:
        """Whether a role of the person allows this at all."""
        return any(action in GRANTS[role][1] for role, _place in self.roles)

    def reads_case(self) -> bool:
        """Whether the person reads the own patient's case."""
        return self.is_guest or self.may(Action.READ_CASES)

    def sees_whole_study(self) -> bool:
        """Whether the person has a role in the own study."""
        return any(GRANTS[role][0] is Reach.STUDY and place == OWN for role, place in self.roles)

    def reads_study(self) -> bool:
        """Whether the person has a role in the own study, or at a centre that takes part in it."""
        return self.may(Action.READ_FIGURES)


@dataclass
class Side:
    """A centre with its study, its patient, something of everything; a path of its dashboard."""

    centre: Centre
    study: Study
    patient: Patient
    correction: CorrectionRequest
    transfer: Transfer
    access: TemporaryAccess
    message: CaseMessage
    upload: ImportUpload
    visit: ExpectedVisit
    digest: Digest
    schedule: ReportSchedule
    copy: ReportCopy
    letter: Letter
    refused: RefusedAddress
    dashboard: str
    alert: SafetyAlert
    canary: Canary


@dataclass
class World:
    """Everything there is."""

    own: Side
    other: Side
    people: dict[str, Person]
    token: ApiToken
    calendar: CalendarFeed
    mail: Mail
    passkey: Authenticator
    session: int
    leave: Leave

    def person(self, name: str) -> Person:
        """The person of that name."""
        return self.people[name]


PEOPLE = (
    *(f"{role.value} {place}" for role in (*CENTRE_ROLES, *STUDY_ROLES) for place in (OWN, OTHER)),
    "administrator",
    "reader own",
    "guest",
    "former data manager",
    "nobody",
    "deactivated",
    "anonymous",
)
"""Names of all who ask: known before the world is made."""


def build() -> World:
    """Make the world in the database, and the files that wait for an import in UPLOAD_DIR."""
    receiving = CentreFactory.create(code="third")
    places: dict[str, tuple[Centre, Study]] = {}
    for place, key in ((OWN, "jinling"), (OTHER, "cams")):
        version = ProtocolVersionFactory.create(study__key=key)
        centre = CentreFactory.create(code=f"site-{place}", name=f"Hospital {place}")
        for one in (centre, receiving):
            ParticipationFactory.create(study=version.study, centre=one)
        places[place] = centre, version.study
    people = _people(places)
    sides = {place: _side(place, *places[place], receiving, people) for place in places}
    owner = people["data_manager own"].user
    token, _shown = tokens.create(
        user=owner, name="script", may_write=True, ends_on=timezone.localdate() + dt.timedelta(30)
    )
    calendar, _key = calendar_feeds.create(user=owner, name="program", centre=None)
    passkey = _factors(owner)
    session = UserSession.objects.create(
        user=owner,
        ip="127.0.0.1",
        user_agent="",
        session_key="another",
        last_seen_at=timezone.now(),
    )
    mail = Mail.objects.create(
        message_id="<1@test>", sender="registry", recipients=[owner.email], subject="Digest"
    )
    leave = Leave.objects.create(
        user=owner,
        first_day=timezone.localdate(),
        last_day=timezone.localdate(),
        stand_in=people["investigator own"].user,
    )
    return World(
        sides[OWN], sides[OTHER], people, token, calendar, mail, passkey, session.pk, leave
    )


def _factors(user: User) -> Authenticator:
    """An app, recovery codes and a passkey of the person; the passkey is given back."""
    secret, seed = keyring.encrypt("JBSWY3DPEHPK3PXP"), keyring.encrypt("0f" * 20)
    Authenticator.objects.create(user=user, type="totp", data={"secret": secret})
    codes = {"seed": seed, "used_mask": 0}
    Authenticator.objects.create(user=user, type="recovery_codes", data=codes)
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid.NONE, b"a passkey", key)
    data = AuthenticatorData.create(
        b"\0" * 32, AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, held
    )
    credential = {
        "id": websafe_encode(b"a passkey"),
        "rawId": websafe_encode(b"a passkey"),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(
                b'{"type": "webauthn.create", "challenge": "", "origin": "https://testserver"}'
            ),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        },
    }
    return Authenticator.objects.create(
        user=user, type="webauthn", data={"name": "Key", "credential": credential}
    )


def _people(places: dict[str, tuple[Centre, Study]]) -> dict[str, Person]:
    people = {name: Person(name, UserFactory.create(username=name)) for name in PEOPLE[:-1]}
    for place, (centre, study) in places.items():
        for roles, at in ((CENTRE_ROLES, {"centre": centre}), (STUDY_ROLES, {"study": study})):
            for role in roles:
                person = people[f"{role.value} {place}"]
                MembershipFactory.create(user=person.user, role=role, **at)
                person.roles.append((role, place))
    reader = people["reader own"]
    MembershipFactory.create(user=reader.user, role=Role.READER, study=places[OWN][1])
    reader.roles.append((Role.READER, OWN))
    administrator = people["administrator"]
    MembershipFactory.create(user=administrator.user, role=Role.ADMINISTRATOR)
    administrator.roles.append((Role.ADMINISTRATOR, OWN))
    yesterday = timezone.localdate() - dt.timedelta(1)
    for name, ends_on in (("former data manager", yesterday), ("deactivated", None)):
        user, centre = people[name].user, places[OWN][0]
        MembershipFactory.create(user=user, role=Role.DATA_MANAGER, centre=centre, ends_on=ends_on)
    people["guest"].is_guest = True
    people["deactivated"].is_stranger = True
    people["anonymous"] = Person("anonymous", AnonymousUser(), is_stranger=True)
    return people


def _side(
    place: str, centre: Centre, study: Study, receiving: Centre, people: dict[str, Person]
) -> Side:
    canary = CANARIES[place]
    manager, coordinator = (
        people[f"{role} {place}"].user for role in ("investigator", "coordinator")
    )
    patient = full_case(
        study.protocol_version(),
        centre=centre,
        pseudonym=f"PSEUDO-{place}",
        birth_date=canary.birth_date,
    )
    with system_scope():
        patient.identity.delete()
    IdentityFactory.create(
        patient=patient,
        family_name=canary.family_name,
        given_names=canary.given_names,
        record_number=canary.record_number,
        contact=canary.contact,
    )
    TreatmentHistoryFactory.create(patient=patient)
    DeathFactory.create(patient=patient, died_on="2026-01-04")
    ScreeningFactory.create(study=study, centre=centre, number=1, patient=patient)
    now = timezone.now()
    said = {"patient": patient, "reason": "Moved house"}
    with system_scope():
        transfer = Transfer.objects.create(
            **said, from_centre=centre, to_centre=receiving, offered_by=manager, offered_at=now
        )
        access = TemporaryAccess.objects.create(
            **said,
            user=people["guest"].user if place == OWN else people["nobody"].user,
            given_by=manager,
            given_at=now if place == OWN else now - dt.timedelta(9),
            ends_at=now + dt.timedelta(7 if place == OWN else -2),
        )
        message = CaseMessage.objects.create(
            patient=patient, text="How is it?", by=coordinator, at=now
        )
        upload = import_uploads.start_upload(
            [csv_file("patients.csv", _table(canary))], centre=centre, study=study, by=manager
        )
        import_uploads.choose_mapping(upload, title="", source="", by=manager)
        recompute([patient.pk], today=timezone.localdate())
    visit = ExpectedVisit._base_manager.filter(enrolment__patient=patient).first()
    assert visit is not None
    freeze(study=study, by=coordinator)
    digest, refused = _doubtful(visit, people[f"data_manager {place}"].user)
    copy, letter = doubtful(study, digest.user, coordinator)
    return Side(
        centre=centre,
        study=study,
        patient=patient,
        correction=CorrectionRequestFactory.create(patient=patient, asked_by=coordinator),
        transfer=transfer,
        access=access,
        message=message,
        upload=upload,
        visit=visit,
        digest=digest,
        schedule=copy.issue.schedule,
        copy=copy,
        letter=letter,
        refused=refused,
        dashboard=public(study, names_centres=True),
        alert=raised_in(study, by=coordinator),
        canary=canary,
    )


def _doubtful(visit: ExpectedVisit, reader: User) -> tuple[Digest, RefusedAddress]:
    """A mail about the visit that may have arrived or not, and an address that refuses mail."""
    now = timezone.now()
    digest = Digest.objects.create(
        user=reader,
        day=timezone.localdate(),
        message_id=message_id(reader.pk, timezone.localdate()),
        state=MailState.UNKNOWN,
        handed_over_at=now,
    )
    Reminder._base_manager.create(
        visit=visit,
        target=visit.target or timezone.localdate(),
        kind="due",
        round=1,
        recipient=reader,
        digest=digest,
        created_at=now,
    )
    refused = RefusedAddress.objects.create(
        user=reader, address=reader.email, source="server", since=now
    )
    return digest, refused


def _table(canary: Canary) -> str:
    names = f"{canary.family_name},{canary.given_names},{canary.record_number}"
    return (
        "pseudonym,sex,birth_date,family_name,given_names,record_number\n"
        f"NEW-1,female,{canary.birth_date},{names}\n"
        f"NEW-2,neither,{canary.birth_date},{names}\n"
    )


def sign_in(client: Any, user: User) -> None:
    """A session of the person, as after the sign-in page."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
