"""The data dictionary says what the models say."""

import pytest
from django.core.management import CommandError, call_command

from registry import data_dictionary
from registry.models import CLINICAL_MODELS


def test_the_page_in_the_docs_is_not_stale() -> None:
    call_command("data_dictionary", "--check")


def test_a_changed_model_makes_the_page_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_dictionary, "_HEAD", "# Another head\n")

    with pytest.raises(CommandError, match="stale"):
        call_command("data_dictionary", "--check")


def test_every_column_of_every_clinical_table_is_described() -> None:
    text = data_dictionary.data_dictionary()

    for model in CLINICAL_MODELS:
        section = text.partition(f"### `{model._meta.model_name}`")[2].partition("\n### ")[0]
        assert section, model
        for field in model.content_fields():
            assert f"| `{field.name}` |" in section
