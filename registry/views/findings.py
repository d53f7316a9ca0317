"""What a service refuses, told at the fields of the form that was sent."""

from django import forms

from registry.errors import Refused


def tell(form: forms.Form, error: Refused) -> None:
    """Each finding at its field, or above the form where it has no such field."""
    for finding in error.findings:
        form.add_error(finding.field if finding.field in form.fields else None, finding.message)
