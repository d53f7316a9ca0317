"""What lists are cut by: a set of filters per table, made from its allow-list and nothing else."""

from __future__ import annotations

from functools import cache
from typing import Any

import django_filters as df
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Left
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from registry.api.columns import LARGEST
from registry.api.entities import Entity
from registry.api.problems import parameter
from registry.fields import PartialDateField
from registry.models import Enrolment, Screening
from registry.partial_date import PartialDate


class PartialDateInput(forms.CharField):
    """A date of any precision."""

    def to_python(self, value: Any) -> str | None:
        """ISO text."""
        if value in (None, ""):
            return None
        try:
            return str(PartialDate.parse(str(value)[:60]))
        except ValueError as error:
            raise ValidationError(str(error)) from None


class FromDate(df.Filter):
    """Dates that are not before the given one, compared at the precision of the given one."""

    field_class = PartialDateInput
    lookup: type[GreaterThanOrEqual | LessThanOrEqual] = GreaterThanOrEqual

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """The rows."""
        if not value:
            return qs
        return qs.filter(self.lookup(Left(F(self.field_name), len(value)), Value(value)))


class ToDate(FromDate):
    """Dates that are not after the given one."""

    lookup = LessThanOrEqual


class EnrolledIn(df.CharFilter):
    """Rows of patients who are enrolled in a study; of screenings, those for it."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """The rows."""
        if not value:
            return qs
        if qs.model is Screening:
            return qs.filter(study__key=value)
        path = qs.model.patient_path
        enrolled = Enrolment.objects.live().filter(
            patient=OuterRef(f"{path}_id" if path else "pk"), study__key=value
        )
        return qs.filter(Exists(enrolled))


@cache
def filters_of(entity: Entity) -> type[df.FilterSet]:
    """The filters of a table."""
    path = entity.model.patient_path
    found: dict[str, df.Filter] = {}
    if path:
        found["patient"] = _text(f"{path}__pseudonym", 40, _("Pseudonym of the patient."))
    of_centre = "centre__code" if not path or entity.model is Screening else f"{path}__centre__code"
    found["centre"] = _text(of_centre, 20, _("Code of the centre."))
    found["study"] = EnrolledIn(
        max_length=40, help_text=_("Key of a study that the patient is enrolled in.")
    )
    for name in entity.filters:
        found |= _of_column(entity.model._meta.get_field(name))
    return type(f"{entity.model.__name__}Filters", (df.FilterSet,), found)


def cut(rows: QuerySet[Any], entity: Entity, query: QueryDict) -> QuerySet[Any]:
    """The rows that the address asks for.

    Raises:
        Problem: naming the parameter that holds what it cannot.
    """
    filters = filters_of(entity)(query, rows)
    for name, messages in filters.errors.items():
        raise parameter(name, " ".join(messages))
    found: QuerySet[Any] = filters.qs
    return found


def _of_column(column: Any) -> dict[str, df.Filter]:
    name, label = column.name, str(column.verbose_name)
    if isinstance(column, PartialDateField):
        return {
            f"{name}_from": FromDate(name, help_text=_("Not before, at this precision.")),
            f"{name}_to": ToDate(name, help_text=_("Not after, at this precision.")),
        }
    if isinstance(column, models.ForeignKey):
        return {name: _number(f"{name}_id", 2**63 - 1, _("Key of the row."))}
    if column.choices:
        made = df.TypedChoiceFilter(
            name, choices=column.flatchoices, coerce=column.to_python, help_text=label
        )
        return {name: made}
    if isinstance(column, models.BooleanField):
        words = [("true", "true"), ("false", "false")]
        made = df.TypedChoiceFilter(
            name, choices=words, coerce=lambda text: text == "true", help_text=label
        )
        return {name: made}
    if isinstance(column, models.IntegerField):
        return {name: _number(name, LARGEST, label)}
    return {name: _text(name, column.max_length, label)}


def _text(path: str, length: int, about: Any) -> df.Filter:
    return df.CharFilter(path, max_length=length, help_text=about)


class WholeNumber(df.Filter):
    """A whole number."""

    field_class = forms.IntegerField


def _number(path: str, largest: int, about: Any) -> df.Filter:
    return WholeNumber(path, min_value=0, max_value=largest, help_text=about)
