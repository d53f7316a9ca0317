"""Words for codes of the shipped lists, as filters."""

from django import template

from registry.selectors import code_names

register = template.Library()

register.filter("disease_line", code_names.disease_line)
register.filter("histology_name", code_names.histology_name)
register.filter("site_name", code_names.site_name)


@register.filter
def region_site(code: str) -> str:
    """The name of a site of the list region_site; other text as it is."""
    return code_names.code_name("region_site", code)
