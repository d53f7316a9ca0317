"""Every request runs in the scope of its person; failed writes leave nothing behind."""

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from registry.audit import current_context
from registry.middleware import RequestScopeMiddleware
from registry.models import Centre, Patient
from registry.scope import current_scope
from tests.factories import PatientFactory, data_manager

pytestmark = pytest.mark.django_db


def test_a_request_sees_the_rows_of_its_person() -> None:
    own = PatientFactory.create()
    PatientFactory.create()
    request = RequestFactory().get("/")
    request.user = data_manager(own.centre)

    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(",".join(Patient.objects.values_list("pseudonym", flat=True)))

    assert RequestScopeMiddleware(view)(request).content.decode() == own.pseudonym
    assert current_scope() is None


def test_a_writing_request_is_recorded_as_its_persons() -> None:
    request = RequestFactory().post("/somewhere/")
    request.user = data_manager(PatientFactory.create().centre)
    seen = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(current_context())
        return HttpResponse()

    RequestScopeMiddleware(view)(request)

    assert (seen[0].actor_id, seen[0].origin) == (request.user.pk, "POST /somewhere/")


@pytest.mark.parametrize(("status", "kept"), [(200, True), (422, True), (500, False)])
def test_a_request_that_fails_leaves_nothing_half_written(status: int, kept: bool) -> None:
    request = RequestFactory().post("/")
    request.user = data_manager(PatientFactory.create().centre)

    def view(_request: HttpRequest) -> HttpResponse:
        Centre.objects.create(code="half", name="Half")
        return HttpResponse(status=status)

    RequestScopeMiddleware(view)(request)

    assert Centre.objects.filter(code="half").exists() is kept


def test_the_trail_names_a_long_address_by_its_beginning() -> None:
    request = RequestFactory().post(f"/{'long/' * 100}")
    request.user = data_manager(PatientFactory.create().centre)
    seen = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(current_context().origin)
        return HttpResponse()

    RequestScopeMiddleware(view)(request)

    assert seen == [f"POST /{'long/' * 100}"[:80]]


@pytest.mark.parametrize("address", ["/patients/a%00b/", "/patients/?q=a%00b"])
def test_there_is_nothing_at_an_address_with_nul(address) -> None:
    request = RequestFactory().get(address)
    request.user = data_manager(PatientFactory.create().centre)

    with pytest.raises(Http404):
        RequestScopeMiddleware(lambda _request: HttpResponse())(request)
