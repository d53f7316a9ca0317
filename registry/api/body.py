"""The body of a writing request: its size, its reason, its confirmations."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from registry.api.links import unknown_names
from registry.api.problems import Problem
from registry.api.serializers import ABOUT_THE_WRITE, AboutWrite
from registry.api.writing import explain_by
from registry.services.records import Explain


def body_of(request: Request) -> bytes:
    """The body as it was sent.

    Raises:
        Problem: it is larger than the installation takes.
    """
    try:
        return bytes(request._request.body)
    except RequestDataTooBig:
        raise Problem("too-large", _("Send less at once.")) from None


def about_write(request: Request, *, alone: bool = False) -> tuple[str, Explain]:
    """The reason for the write and the reasons for unlikely findings.

    Args:
        alone: the body holds nothing else.

    Raises:
        ValidationError: they cannot be, or there is something else in the body.
    """
    data = request.data
    if not isinstance(data, Mapping):
        raise ValidationError({"non_field_errors": [_("is no object")]}, code="field")
    if alone and (unknown := unknown_names(data, ABOUT_THE_WRITE)):
        raise ValidationError(unknown)
    about = AboutWrite(data={name: data[name] for name in ABOUT_THE_WRITE if name in data})
    about.is_valid(raise_exception=True)
    values = about.validated_data
    return values.get("reason_for_change") or "", explain_by(values.get("confirm", []))
