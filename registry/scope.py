"""Who sees which rows: one rule, applied in the manager, that fails closed.

A clinical query made outside a scope raises :class:`ScopeError`. Inside ``scoped_to(user)`` it
answers only with the rows of that person's memberships; ``system_scope()`` is for tasks and
commands that work over all centres.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from registry.models import User


M = TypeVar("M", bound=models.Model)


class ScopeError(RuntimeError):
    """A clinical table was queried without saying on whose behalf."""


@dataclass(frozen=True)
class Scope:
    """Rows that may be seen: everything, or whole centres and whole studies."""

    everything: bool = False
    centre_ids: frozenset[int] = frozenset()
    study_ids: frozenset[int] = frozenset()

    @classmethod
    def of(cls, user: Any) -> Scope:
        """The scope that a person's active memberships give; nothing for anybody else."""
        from registry.models import Membership

        if not (user.is_authenticated and user.is_active):
            return cls()
        today = timezone.localdate()
        rows = Membership.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today), user_id=user.pk
        ).values_list("role", "centre_id", "study_id")
        centres = {c for role, c, _ in rows if role in Membership.CENTRE_ROLES and c is not None}
        studies = {s for role, _, s in rows if role in Membership.STUDY_ROLES and s is not None}
        return cls(centre_ids=frozenset(centres), study_ids=frozenset(studies))


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
        return condition
