"""Links to other rows as people name them: pseudonym, key of a row, key of a study, CTCAE term.

What the person may not see is answered like what is not there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from registry.api.columns import RowKey, Text, Whole
from registry.models import Centre, ClinicalRow, CtcaeTerm, Patient, ProtocolVersion, Study
from registry.selectors.studies import visible_centres, visible_studies


class NamedLink(Text, ABC):
    """A row by its name: ``find`` gives it, or None."""

    name = ""

    @abstractmethod
    def find(self, text: str) -> Any:
        """The row of that name that the person may see."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The row."""
        text = super().run_validation(data)
        if text is None:
            return None
        return self.find(text) or self.fail("link")

    def to_representation(self, value: Any) -> str:
        """The name."""
        return str(getattr(value, self.name))


class PatientLink(NamedLink):
    """A patient by pseudonym."""

    name = "pseudonym"
    default_error_messages = {"link": gettext_lazy("there is no such patient that you may see")}

    def find(self, text: str) -> Any:
        """The patient."""
        return Patient.objects.live().filter(pseudonym=text).first()


class StudyLink(NamedLink):
    """A study by its key."""

    name = "key"
    default_error_messages = {"link": gettext_lazy("there is no such study that you may see")}

    def find(self, text: str) -> Any:
        """The study."""
        return visible_studies().filter(key=text).first()


class CentreLink(NamedLink):
    """A centre by its code."""

    name = "code"
    default_error_messages = {"link": gettext_lazy("there is no such centre that you may see")}

    def find(self, text: str) -> Any:
        """The centre."""
        return visible_centres().filter(code=text).first()


class RowLink(RowKey):
    """Another clinical row by its key."""

    default_error_messages = {"link": gettext_lazy("there is no such row that you may see")}

    def __init__(self, *, model: type[ClinicalRow], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The row."""
        key = super().run_validation(data)
        if key is None:
            return None
        rows = self.model.objects.live().select_related(self.model.patient_path)
        return rows.filter(pk=key).first() or self.fail("link")

    def to_representation(self, value: Any) -> int:
        """The key."""
        return int(value.pk)


class VersionLink(Whole):
    """A version of the study's protocol by its number; resolved when the study is known."""

    def to_representation(self, value: Any) -> int:
        """The number."""
        return int(value.number)


class TermLink(serializers.Serializer):
    """A CTCAE term as it is spelt in its release."""

    release = Text(max_length=5, help_text="3.0, 4.03, 5.0 or 6.0.")
    term = Text(max_length=250, help_text=gettext_lazy("As it is spelt in that release."))

    def to_internal_value(self, data: Any) -> Any:
        """The term."""
        named = super().to_internal_value(data)
        if unknown := unknown_names(data, self.fields):
            raise serializers.ValidationError(unknown)
        found = CtcaeTerm.objects.filter(release=named["release"], term__iexact=named["term"])
        term = found.first()
        if term is None:
            message = _("CTCAE {release} has no such term").format(release=named["release"])
            raise serializers.ValidationError({"term": [message]}, code="term")
        return term


def unknown_names(data: Collection[str], known: Collection[str]) -> dict[str, Any]:
    """An error for every name that an object does not have."""
    message = _("there is no such field")
    names = sorted(set(data) - set(known))
    return {name: [serializers.ErrorDetail(message, "unknown-field")] for name in names}


def link_for(column: models.ForeignKey[Any, Any]) -> serializers.Field:
    """The field of a link."""
    about: dict[str, Any] = {
        "required": not column.null,
        "allow_null": column.null,
        "label": str(column.verbose_name),
        "help_text": str(column.help_text) or None,
        "error_messages": {"required": _("is needed"), "null": _("is needed")},
    }
    target: Any = column.related_model
    if target is Patient:
        return PatientLink(max_length=40, **about)
    if target is Study:
        return StudyLink(max_length=40, **about)
    if target is Centre:
        return CentreLink(max_length=20, **about)
    if target is CtcaeTerm:
        return TermLink(**about)
    if target is ProtocolVersion:
        # That in force at the enrolment when none is named.
        return VersionLink(**about | {"required": False}, min_value=1)
    return RowLink(model=target, **about)
