"""Words for codes of the shipped lists, and ages, as filters."""

from django import template

from registry.derive import age_at
from registry.models import Patient
from registry.partial_date import PartialDate
from registry.selectors import code_names

register = template.Library()

register.filter("disease_line", code_names.disease_line)
register.filter("histology_name", code_names.histology_name)
register.filter("site_name", code_names.site_name)


@register.filter
def region_site(code: str) -> str:
    """The name of a site of the list region_site; other text as it is."""
    return code_names.code_name("region_site", code)


@register.filter
def age_on(patient: Patient, day: PartialDate | None) -> int | None:
    """Age of the patient in completed years on a day; None where it is not known."""
    return age_at(patient, day)
