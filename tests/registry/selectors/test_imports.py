"""What the pages of imports may show, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from registry.exchange.mapping_reader import mapping_of
from registry.models import IdentityLook, ImportPiece, ImportState, ImportUpload, SavedMapping
from registry.scope import ScopeError, scoped_to
from registry.selectors import imports as selectors
from registry.services import import_uploads
from registry.services.import_uploads import UploadRefused
from tests.factories import CentreFactory, ParticipationFactory, PatientFactory, data_manager
from tests.registry.importing import COURSES, PATIENTS, World, csv_file, importing, strangers

__all__ = ["importing"]

pytestmark = pytest.mark.django_db

SOURCE = 'title = "T"\n[sources.a]\nfile = "a.csv"\npatient = "id"\n'
SOURCE += '[[rows]]\ntable = "patients"\nfrom = "a"\n'


def both(importing: World) -> ImportUpload:
    return importing.upload(csv_file("patients.csv", PATIENTS), csv_file("courses.csv", COURSES))


def test_outside_a_scope_nothing_is_answered(importing: World) -> None:
    for model in (ImportUpload, ImportPiece, SavedMapping):
        with pytest.raises(ScopeError):
            model.objects.count()


def test_those_who_enter_cases_at_the_centre_see_its_imports_and_nobody_else(
    importing: World,
) -> None:
    upload = importing.check(both(importing))
    for person in (importing.manager, data_manager(importing.centre)):
        with scoped_to(person):
            assert list(selectors.own_imports()) == [upload]
            assert selectors.imports_cases()
            assert selectors.summary(upload) is not None
    for who, person in strangers(importing).items():
        with scoped_to(person):
            assert not selectors.own_imports().exists(), who
            assert selectors.summary(upload) is None, who
            assert list(selectors.pieces(upload)) == [], who


def test_a_person_may_import_into_the_studies_of_the_own_centres(importing: World) -> None:
    elsewhere = CentreFactory.create(code="B")
    ParticipationFactory.create(study=importing.study, centre=elsewhere)

    with scoped_to(importing.manager):
        found = [(row.study, row.centre) for row in selectors.destinations()]

    assert found == [(importing.study, importing.centre)]


def test_a_mapping_of_a_centre_is_offered_there_and_a_shared_one_in_the_study(
    importing: World,
) -> None:
    upload = both(importing)
    other = CentreFactory.create(code="B")
    ParticipationFactory.create(study=importing.study, centre=other)
    manager = data_manager(other)
    for name, centre, study, by in (
        ("own", importing.centre, None, importing.manager),
        ("shared", other, importing.study, manager),
        ("theirs", other, None, manager),
    ):
        import_uploads.save_mapping(name=name, source=SOURCE, centre=centre, study=study, by=by)

    with scoped_to(importing.manager):
        assert {row.name for row in selectors.saved_mappings(upload)} == {"own", "shared"}


def test_a_mapping_of_the_same_name_is_replaced_and_one_without_a_name_refused(
    importing: World,
) -> None:
    where: dict[str, Any] = {
        "centre": importing.centre,
        "study": None,
        "by": importing.manager,
    }
    import_uploads.save_mapping(name="x", source=SOURCE, **where)
    changed = SOURCE.replace('"T"', '"U"')
    import_uploads.save_mapping(name=" x ", source=changed, **where)

    assert SavedMapping._base_manager.get().source == changed
    for name in ("", " ", "x" * 81):
        with pytest.raises(UploadRefused, match="up to 80 characters"):
            import_uploads.save_mapping(name=name, source=SOURCE, **where)


def test_every_shipped_mapping_is_one() -> None:
    shipped = selectors.shipped_mappings()

    assert set(shipped) >= {"tcga_sarc.toml", "sts_mcgill.toml"}
    assert all(mapping_of(text, name=name).title for name, text in shipped.items())


def test_the_preview_shows_the_first_rows_with_what_cannot_be_read_in_them(
    importing: World,
) -> None:
    many = PATIENTS + "".join(f"B-{n},male,1970\n" for n in range(100))
    upload = importing.upload(csv_file("patients.csv", many), csv_file("courses.csv", COURSES))

    with scoped_to(importing.manager):
        patients, courses = selectors.preview(upload)

    assert (patients.name, len(patients.rows)) == ("patients", 20)
    assert patients.columns == ["pseudonym", "sex", "birth_date"]
    assert [(file, line, bool(said)) for file, line, _cells, said in courses.rows] == [
        ("courses.csv", 2, False),
        ("courses.csv", 3, True),
    ]
    assert courses.rows[1][3][0].startswith("started_on: ")
    assert importing.fresh(upload).state == ImportState.MAPPED


def test_a_preview_is_a_look_at_the_patients_whom_the_registry_has(importing: World) -> None:
    known = PatientFactory.create(centre=importing.centre, pseudonym="A-1")
    PatientFactory.create(centre=CentreFactory.create(code="B"), pseudonym="A-2")
    upload = importing.upload(csv_file("patients.csv", PATIENTS))

    with scoped_to(importing.manager):
        selectors.preview(upload)

    (look,) = IdentityLook._base_manager.all()
    assert (look.patient, look.user, look.place) == (known, importing.manager, "import")


def test_a_preview_without_names_and_birth_dates_is_no_look(importing: World) -> None:
    PatientFactory.create(centre=importing.centre, pseudonym="A-1")
    upload = importing.upload(csv_file("courses.csv", COURSES))

    with scoped_to(importing.manager):
        selectors.preview(upload)

    assert not IdentityLook._base_manager.exists()
