"""The study that is reported on, who steers it and who reads figures of it, and quick files."""

from __future__ import annotations

import pytest

from analytics.reports.files import report_bytes
from analytics.reports.report import Report
from analytics.services import report_issues
from registry.models import Study, User
from registry.models.choices import Role
from tests.analytics.services.report_issues.reporting import member, reported_study
from tests.factories import coordinator


@pytest.fixture
def study() -> Study:
    return reported_study()


@pytest.fixture
def steering(study: Study) -> User:
    return coordinator(study, username="steering")


@pytest.fixture
def reader(study: Study) -> User:
    return member(study, Role.READER, username="reader")


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files are HTML, which takes a tenth of the time, but where a test asks for true ones."""
    if "true_files" in request.fixturenames:
        return

    def as_html(report: Report, _ending: str) -> bytes:
        return report_bytes(report, "html")

    monkeypatch.setattr(report_issues, "report_bytes", as_html)


@pytest.fixture
def true_files() -> None:
    """PDF and document are made as well."""
