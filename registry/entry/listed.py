"""A form field that offers things which are no rows of the case: studies, centres."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registry.entry.answers import Answer


class ListedAnswer(Answer):
    """One of a few saved things; with a single one there is nothing to choose."""

    def __init__(
        self, *, things: Iterable[Any], words_of: Callable[[Any], str] = str, **kwargs: Any
    ) -> None:
        super().__init__(widget=forms.Select(), takes_reason=False, **kwargs)
        self.things = {str(thing.pk): thing for thing in things}
        self.words_of = words_of
        choices = [(key, words_of(thing)) for key, thing in self.things.items()]
        blank = [] if len(choices) == 1 else [("", "–")]
        self.widget.choices = [*blank, *choices]

    def read(self, text: str) -> Any:
        """The thing of that key."""
        if text not in self.things:
            raise ValidationError(_("Choose one from the list."))
        return self.things[text]

    def write(self, value: Any) -> str:
        """Its key."""
        return str(value.pk)

    def words(self, typed: Any) -> str:
        """Its name."""
        thing = self.things.get(str(typed))
        return super().words(typed) if thing is None else self.words_of(thing)
