"""Who sees which rows: one rule, applied in the manager, that fails closed.

A clinical query made outside a scope raises :class:`ScopeError`. Inside ``scoped_to(user)`` it
answers only with the rows of that person's memberships; ``system_scope()`` is for tasks and
commands that work over all centres.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from registry.models import User


M = TypeVar("M", bound=models.Model)


class ScopeError(RuntimeError):
    """A clinical table was queried without saying on whose behalf."""


@dataclass(frozen=True)
class Scope:
    """Rows that may be seen: everything, whole centres, whole studies, or single patients.

    Attributes:
        everything: for tasks and commands.
        centre_ids: the reader's own centres; identities are read within these only.
        study_ids: the reader's own studies.
        figure_study_ids: studies whose figures the reader sees, with the cases or without them.
        patient_ids: patients to whose case the reader has temporary access.
        user_id: the reader, None for tasks and commands.
        time_zone: that of the reader's first centre, "" for whoever has none.
    """

    everything: bool = False
    centre_ids: frozenset[int] = frozenset()
    study_ids: frozenset[int] = frozenset()
    figure_study_ids: frozenset[int] = frozenset()
    patient_ids: frozenset[int] = frozenset()
    user_id: int | None = None
    time_zone: str = ""

    @classmethod
    def of(cls, user: Any) -> Scope:
        """What a person may read today by memberships and temporary access; nothing for others."""
        from registry.models import TemporaryAccess
        from registry.permissions import held_today
        from registry.roles import Action, Reach, roles_with

        if not (user.is_authenticated and user.is_active):
            return cls()
        held = list(
            held_today(user)
            .order_by("pk")
            .values_list("role", "centre_id", "centre__timezone", "study_id")
        )
        at_centre = roles_with(Action.READ_CASES, Reach.CENTRE)
        in_study = roles_with(Action.READ_CASES, Reach.STUDY)
        of_figures = roles_with(Action.READ_FIGURES, Reach.STUDY)
        return cls(
            centre_ids=frozenset(
                centre for role, centre, _zone, _study in held if role in at_centre
            ),
            study_ids=frozenset(study for role, _centre, _zone, study in held if role in in_study),
            figure_study_ids=frozenset(
                study for role, _centre, _zone, study in held if role in of_figures
            ),
            patient_ids=frozenset(TemporaryAccess.patients_of(user)),
            user_id=user.pk,
            time_zone=next((zone for role, _centre, zone, _study in held if role in at_centre), ""),
        )

    def of_roles(self) -> Scope:
        """The part that the roles give, without cases read as a guest."""
        return replace(self, patient_ids=frozenset())

    def for_figures(self) -> Scope:
        """The patients who count in figures: those of the roles, and of studies whose figures
        alone the reader sees.

        Nothing that is read in this scope may be shown patient by patient.
        """
        return replace(self.of_roles(), study_ids=self.study_ids | self.figure_study_ids)


_current: ContextVar[Scope | None] = ContextVar("registry_scope", default=None)


@contextmanager
def use_scope(scope: Scope | None) -> Iterator[None]:
    """Make ``scope`` the current one for the block."""
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def scoped_to(user: User) -> Iterator[None]:
    """Queries in the block see what this person may see."""
    with use_scope(Scope.of(user)):
        yield


@contextmanager
def system_scope() -> Iterator[None]:
    """Queries in the block see every row: for tasks, commands and the services' own checks."""
    with use_scope(Scope(everything=True)):
        yield


def current_scope() -> Scope | None:
    """The scope in force, None outside any."""
    return _current.get()


class ScopedQuerySet(models.QuerySet[M], Generic[M]):
    """Rows of clinical tables; ``live()`` leaves out voided ones."""

    def within(self, scope: Scope) -> Self:
        """Only the rows that the scope shows."""
        if scope.everything:
            return self
        spec: ScopedModel = self.model  # type: ignore[assignment]
        return self.filter(spec.scope_condition(scope))

    def live(self) -> Self:
        """Without voided rows."""
        return self.filter(voided_at__isnull=True)


class ScopedManager(models.Manager[M], Generic[M]):
    """Manager of clinical tables: every query is cut to the current scope, or refused."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        """Rows of the scope in force; ScopeError when there is none."""
        scope = current_scope()
        if scope is None:
            raise ScopeError(
                f"{self.model.__name__} was queried outside a scope: "
                "use scoped_to(user), system_scope() or objects.visible_to(user)"
            )
        return self._all().within(scope)

    def visible_to(self, user: Any) -> ScopedQuerySet[M]:
        """Rows that this person may see, whatever the current scope is."""
        return self._all().within(Scope.of(user))

    def live(self) -> ScopedQuerySet[M]:
        """Rows of the current scope without voided ones."""
        return self.get_queryset().live()

    def _all(self) -> ScopedQuerySet[M]:
        return ScopedQuerySet(self.model, using=self._db)


class ScopedModel(models.Model):
    """A table whose rows belong to a patient (or, for screening, straight to a centre).

    ``patient_path`` leads from the row to the patient ("" for the patient itself).
    """

    patient_path = "patient"

    objects: ScopedManager[Any] = ScopedManager()

    class Meta:
        abstract = True

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q:
        """Condition under which a row of this table is inside the scope."""
        from registry.models import Enrolment

        prefix = f"{cls.patient_path}__" if cls.patient_path else ""
        condition = Q(**{f"{prefix}centre__in": scope.centre_ids})
        if scope.study_ids:
            enrolled = Enrolment._base_manager.filter(
                patient=OuterRef(f"{prefix}pk"),
                study_id__in=scope.study_ids,
                voided_at__isnull=True,
            )
            condition |= Q(Exists(enrolled))
        if scope.patient_ids:
            condition |= Q(**{f"{prefix}pk__in": scope.patient_ids})
        return condition
