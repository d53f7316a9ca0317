"""Fields that the presets require are fields of the models."""

import pytest
from django.apps import apps

from registry.protocols import PRESETS, preset
from registry.protocols.vocabulary import Form


@pytest.mark.parametrize("form", Form)
def test_a_form_is_a_model(form):
    model = apps.get_model("registry", form.value.replace("_", ""))
    assert model.entity() == form.value


@pytest.mark.parametrize("key", PRESETS)
def test_required_fields_are_fields_of_the_model(key):
    unknown = [
        f"{items.form}.{name}"
        for items in preset(key).required
        for name in items.fields
        if name
        not in {
            field.name
            for field in apps.get_model("registry", items.form.replace("_", ""))._meta.get_fields()
        }
    ]
    assert unknown == []
