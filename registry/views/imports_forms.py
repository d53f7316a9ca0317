"""Forms of imports: files with where they go, and how they are to be read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.exchange.mapping_reader import mapping_of
from registry.models import ImportUpload, Participation
from registry.selectors.imports import destinations, saved_mappings, shipped_mappings
from registry.services.import_uploads import MAX_MAPPING_CHARACTERS

NATIVE, COLUMNS, TEXT = "native", "columns", "text"


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of uploaded files."""

    widget = FilesInput(attrs={"accept": ".csv,.xlsx"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Each file on its own; empty ones are named by the service."""
        several = data if isinstance(data, list | tuple) else [data] if data else []
        if not several:
            raise forms.ValidationError(self.error_messages["required"])
        return list(several)


class UploadForm(forms.Form):
    """Files, and the study and centre that they are for."""

    into = forms.ChoiceField(
        label=gettext_lazy("Study and centre"),
        error_messages={"required": gettext_lazy("Choose where the cases go.")},
    )
    tables = FilesField(
        label=gettext_lazy("Files"),
        help_text=gettext_lazy(
            "Excel workbooks (.xlsx) or CSV files, 50 MB and 100,000 rows in all. "
            "They are kept encrypted and removed after the import."
        ),
        error_messages={"required": gettext_lazy("Choose at least one file.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.participations: dict[str, Participation] = {str(row.pk): row for row in destinations()}
        choices = [
            (key, f"{row.study.title} – {row.centre.name}")
            for key, row in self.participations.items()
        ]
        blank = [] if len(choices) == 1 else [("", _("Choose"))]
        self.fields["into"].choices = [*blank, *choices]  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """How the files are to be read."""

    how = forms.ChoiceField(
        label=gettext_lazy("How are the files to be read?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how the files are to be read.")},
    )
    text = forms.FileField(
        label=gettext_lazy("Mapping file"),
        help_text=gettext_lazy("Only with “a mapping from a file”: TOML, see the documentation."),
        required=False,
    )
    name = forms.CharField(
        label=gettext_lazy("Keep it under the name"),
        help_text=gettext_lazy("Then it can be chosen here next time."),
        max_length=80,
        required=False,
    )

    def __init__(self, *args: Any, upload: ImportUpload, native: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.saved = {f"saved-{row.pk}": row for row in saved_mappings(upload)}
        self.shipped = shipped_mappings()
        fits = _(" (the files look like it)") if native else ""
        self.fields["how"].choices = [  # type: ignore[attr-defined]
            (NATIVE, _("The registry's own tables") + fits),
            (COLUMNS, _("Choose for every column what it is")),
            *((key, _("Saved: {name}").format(name=row.name)) for key, row in self.saved.items()),
            *((name, mapping_of(text, name=name).title) for name, text in self.shipped.items()),
            (TEXT, _("A mapping from a file")),
        ]
        self.fields["how"].initial = NATIVE if native else COLUMNS

    def clean(self) -> dict[str, Any]:
        """A mapping from a file comes with the file."""
        data = super().clean() or {}
        if data.get("how") == TEXT and not data.get("text"):
            self.add_error("text", _("Choose the file with the mapping."))
        return data

    def chosen(self) -> tuple[str, str]:
        """Title and text of the mapping; two empty texts for the native format.

        Raises:
            ValueError: the file is no text.
        """
        how = self.cleaned_data["how"]
        if how in self.saved:
            return self.saved[how].name, self.saved[how].source
        if how in self.shipped:
            return how, self.shipped[how]
        if how != TEXT:
            return "", ""
        file: UploadedFile = self.cleaned_data["text"]
        if (file.size or 0) > 4 * MAX_MAPPING_CHARACTERS:
            raise ValueError(_("The file is too large to be a mapping."))
        try:
            return str(file.name), file.read().decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError(_("The file is not UTF-8 text.")) from None
