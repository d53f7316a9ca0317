"""A study at three centres, one of them with three patients, and people who read of it."""

from __future__ import annotations

from registry.models import Centre, Study, User
from registry.models.choices import Role
from tests.analytics.extract.cohort import (
    add_lesion,
    after,
    die,
    enrol,
    irradiate,
    see,
    study_of,
)
from tests.factories import (
    CentreFactory,
    DiseaseFactory,
    MembershipFactory,
    ParticipationFactory,
    ProgressionFactory,
    UserFactory,
)

SIZES = {"AMSEL": 8, "BIRKE": 6, "CEDER": 3}
NAMES = {"AMSEL": "Amselhain", "BIRKE": "Birkfels", "CEDER": "Cedernau"}
"""Codes and names that occur nowhere else."""

PATIENTS = sum(SIZES.values())


def pseudonyms(*codes: str) -> list[str]:
    """Those of the patients of these centres: "AMSEL-1" and so on."""
    return [f"{code}-{number}" for code in codes for number in range(1, SIZES[code] + 1)]


def three_centres() -> Study:
    """Patients with a lesion each, irradiated on one day; every third dies, every fourth fails."""
    study = study_of("jinling")
    for code, size in SIZES.items():
        centre = CentreFactory.create(code=code, name=f"Hospital {NAMES[code]}", country="DE")
        ParticipationFactory.create(study=study, centre=centre, target_accrual=20)
        for number in range(1, size + 1):
            patient = enrol(study, f"{code}-{number}", centre=code)
            DiseaseFactory.create(patient=patient, grade="3" if number % 3 else "1")
            lesion = add_lesion(patient, 1)
            irradiate(patient, lesions=[lesion])
            if number % 4 == 0:
                ProgressionFactory.create(
                    patient=patient, lesion=lesion, occurred_on=after(150 + number)
                )
            if number % 3:
                see(patient, 700 + 20 * number)
            else:
                die(patient, 300 + 20 * number)
    return study


def centre(code: str) -> Centre:
    """The centre of that code."""
    return Centre.objects.get(code=code)


def at_centres(*codes: str, **values: object) -> User:
    """A data manager of these centres."""
    user = UserFactory.create(**values)
    for code in codes:
        MembershipFactory.create(user=user, role=Role.DATA_MANAGER, centre=centre(code))
    return user


def on_study(study: Study, role: Role = Role.READER, **values: object) -> User:
    """Somebody with a role on the study."""
    user = UserFactory.create(**values)
    MembershipFactory.create(user=user, role=role, study=study)
    return user
