"""A reader opens the own copy and its files, and nobody else does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from analytics.models import ReportCopy
from registry.models import Study, User
from registry.models.choices import Role
from tests.analytics.reports.issuing import PDF, issued, scheduled
from tests.analytics.reports.schedules.pages import LIST, browser, words
from tests.analytics.reports.three_centres import at_centres, centre, on_study
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

KINDS = {
    "pdf": ("application/pdf", PDF),
    "html": ("text/html; charset=utf-8", b"HTML of "),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"DOCX of ",
    ),
}


class TestCopy:
    def test_the_reader_opens_it_and_saves_its_files(self, study: Study):
        person = at_centres("AMSEL")
        issued(scheduled(study, person, title="Board report"), number=3)
        copy, client = ReportCopy.objects.get(), browser(person)

        page = words(client, f"/reports/{copy.pk}/")
        for told in (
            "Board report, 3",
            "Study jinling",
            "2 Jan 2026",
            "own centre, the others without names",
        ):
            assert told in page
        for ending, (kind, begin) in KINDS.items():
            answer = client.get(f"/reports/{copy.pk}/report.{ending}")
            assert answer["Content-Type"] == kind
            assert answer["Content-Disposition"] == (
                f'attachment; filename="jinling-report-3.{ending}"'
            )
            assert answer.content == begin + str(centre("AMSEL").pk).encode()

    def test_it_says_where_parts_failed(self, study: Study, reader: User):
        issued(scheduled(study, reader), failed=("flow",))
        page = words(browser(reader), f"/reports/{ReportCopy.objects.get().pk}/")
        assert "Parts of this report could not be made" in page

    def test_a_file_of_no_kind_is_not_there(self, study: Study, reader: User):
        issued(scheduled(study, reader))
        address = f"/reports/{ReportCopy.objects.get().pk}/report."
        for ending in ("exe", "sight", "carried", "made_at"):
            assert browser(reader).get(f"{address}{ending}").status_code == 404

    def test_the_copy_of_another_is_there_for_nobody(
        self, study: Study, steering: User, reader: User
    ):
        issued(scheduled(study, reader))
        pk = ReportCopy.objects.get().pk
        for person in (steering, on_study(study, Role.READER), UserFactory.create()):
            client = browser(person)
            for address in (f"/reports/{pk}/", *(f"/reports/{pk}/report.{one}" for one in KINDS)):
                assert client.get(address).status_code == 404
        assert Client().get(f"/reports/{pk}/")["Location"].startswith(reverse("login"))

    def test_the_own_copy_is_gone_with_the_right_to_read_it(self, study: Study):
        person = at_centres("AMSEL", "BIRKE")
        issued(scheduled(study, person, title="Board report"))
        pk, client = ReportCopy.objects.get().pk, browser(person)
        addresses = [f"/reports/{pk}/", *(f"/reports/{pk}/report.{one}" for one in KINDS)]
        assert {client.get(address).status_code for address in addresses} == {200}

        person.memberships.filter(centre__code="BIRKE").delete()

        assert {client.get(address).status_code for address in addresses} == {404}
        assert "Board report" not in words(client, LIST)
        assert "Board report" not in words(client, "/")

    def test_the_newest_report_stands_on_the_first_page(self, study: Study, reader: User):
        schedule = scheduled(study, reader, title="Board report")
        for number in (1, 2):
            issued(schedule, number=number)
        page = words(browser(reader), "/")
        assert "Latest reports" in page
        assert "Board report, 2" in page
        assert "Board report, 1" not in page
