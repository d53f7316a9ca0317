"""Form fields that pick a CTCAE term and one of its grades."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from registry.entry.answers import Answer
from registry.models import Centre, CtcaeTerm
from registry.selectors.ctcae import FoundTerms, grades_of, recent_terms, term_of

GRADES = ("1", "2", "3", "4", "5")

Attributes = dict[str, Any] | None


class TermPicker(forms.Widget):
    """A search for terms; what it finds are radio buttons, and the chosen one stays."""

    def __init__(self, *, release: str, centre: Centre) -> None:
        super().__init__()
        self.release = release
        self.centre = centre

    def render(
        self, name: str, value: Any, attrs: Attributes = None, renderer: Any = None
    ) -> SafeString:
        """The search with the chosen term and the terms that the centre used last."""
        attrs = attrs or {}
        chosen = term_of(self.release, str(value or ""))
        recent = recent_terms(self.release, self.centre)
        query = {"name": name, "centre": self.centre.code}
        described = [f"{name}-count", attrs.get("aria-describedby", "")]
        return render_to_string(
            "registry/entry/_ctcae_picker.html",
            {
                "name": name,
                "id": attrs.get("id", name),
                "described_by": " ".join(described).strip(),
                "is_invalid": attrs.get("aria-invalid") == "true",
                "address": reverse("registry:ctcae", args=[self.release], query=query),
                "release": self.release,
                "chosen": chosen,
                "found": FoundTerms(recent, len(recent)),
                "kept": chosen if chosen not in recent else None,
                "is_search": False,
            },
        )


class TermAnswer(Answer):
    """A term of one release of CTCAE, by its primary key."""

    def __init__(self, *, release: str, centre: Centre, **kwargs: Any) -> None:
        widget = TermPicker(release=release, centre=centre)
        super().__init__(widget=widget, takes_reason=False, **kwargs)
        self.release = release

    def clean(self, value: Any) -> Any:
        """The term.

        Raises:
            ValidationError: when none is chosen.
        """
        if self.required and not str(value or "").strip():
            raise ValidationError(_("Search for the term and choose it."))
        return super().clean(value)

    def read(self, text: str) -> CtcaeTerm:
        """The term of that key."""
        term = term_of(self.release, text)
        if term is None:
            message = _("This is no term of CTCAE {release}. Search and choose again.")
            raise ValidationError(message.format(release=self.release))
        return term

    def write(self, value: Any) -> str:
        """Its key."""
        return str(value.pk)

    def words(self, typed: Any) -> str:
        """The name of the term."""
        term = term_of(self.release, str(typed or ""))
        return term.term if term is not None else super().words(typed)


class GradePicker(forms.Widget):
    """The grades of the chosen term as radio buttons, each with what it means.

    ``term`` is the term as the page is shown; ``term_name`` the name of the inputs that choose it.
    """

    use_fieldset = True

    def __init__(self, *, release: str, term: CtcaeTerm | None, term_name: str) -> None:
        super().__init__()
        self.release = release
        self.term = term
        self.term_name = term_name

    def render(
        self, name: str, value: Any, attrs: Attributes = None, renderer: Any = None
    ) -> SafeString:
        """The grades, in a box that follows the choice of the term."""
        query = {"name": name, "of": self.term_name}
        return render_to_string(
            "registry/entry/_ctcae_grade_picker.html",
            grades_context(name, self.term, chosen=str(value or ""))
            | {
                "id": (attrs or {}).get("id", name),
                "address": reverse("registry:ctcae_grades", args=[self.release], query=query),
                "term_name": self.term_name,
            },
        )


class GradeAnswer(Answer):
    """A grade from 1 to 5; whether the term has it is a check of the case."""

    def __init__(self, *, widget: GradePicker, **kwargs: Any) -> None:
        super().__init__(widget=widget, takes_reason=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """The grade.

        Raises:
            ValidationError: when none is chosen.
        """
        if self.required and not str(value or "").strip():
            raise ValidationError(_("Choose the grade."))
        return super().clean(value)

    def read(self, text: str) -> int:
        """The grade as a number."""
        if text not in GRADES:
            raise ValidationError(_("Choose a grade from 1 to 5."))
        return int(text)


def grades_context(name: str, term: CtcaeTerm | None, *, chosen: str) -> dict[str, Any]:
    """What the template of the grades shows; ``chosen`` is a grade as it was sent, "" for none.

    ``lost`` is True when the chosen grade is none of the term's.
    """
    grades = grades_of(term) if term is not None else ()
    return {
        "name": name,
        "term": term,
        "grades": grades,
        "chosen": chosen,
        "lost": bool(grades)
        and chosen in GRADES
        and chosen not in {str(row.grade) for row in grades},
    }
