"""Tells coordinators once that somebody's address refuses mail: as part of their next digest."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, QuerySet

from followup.models import AddressNotice, RefusedAddress
from followup.people import People, open_refusals
from followup.posting import Claim
from registry.models import Participation


def enter_notices(people: People) -> None:
    """One notice for every coordinator who must know of a refused address and has none yet."""
    marks = list(open_refusals().filter(user__is_active=True))
    if not marks:
        return
    known = set(
        AddressNotice.objects.filter(refused__in=marks).values_list("refused_id", "recipient_id")
    )
    studies = _studies_of_centres()
    wanted = {
        (mark.pk, recipient) for mark in marks for recipient in _recipients(mark, people, studies)
    }
    AddressNotice.objects.bulk_create(
        [
            AddressNotice(refused_id=refused, recipient_id=recipient)
            for refused, recipient in sorted(wanted - known)
        ],
        ignore_conflicts=True,
    )


def waiting_notices() -> QuerySet[AddressNotice]:
    """Notices that nobody was told of yet and that still hold."""
    return AddressNotice.objects.filter(
        digest__isnull=True,
        refused__cleared_at__isnull=True,
        refused__address=F("refused__user__email"),
    )


def notices_of(claim: Claim) -> list[AddressNotice]:
    """The notices of a digest that still hold; the others leave it."""
    mine = AddressNotice.objects.filter(digest=claim.pk)
    notices = list(mine.select_related("refused__user"))
    still = [notice for notice in notices if _holds(notice.refused)]
    if len(still) < len(notices):
        mine.exclude(pk__in=[notice.pk for notice in still]).update(digest=None)
    return still


def _holds(mark: RefusedAddress) -> bool:
    return mark.cleared_at is None and mark.address == mark.user.email


def _recipients(
    mark: RefusedAddress, people: People, studies: dict[int, set[int]]
) -> Iterator[int]:
    """Coordinators of the person's studies and of those of their centres; else administrators.

    Nobody is told of their own address, nor anybody who cannot be told by mail either.
    """
    concerned = set(people.studies_of.get(mark.user_id, ()))
    for centre_id in people.centres_of.get(mark.user_id, ()):
        concerned |= studies.get(centre_id, set())
    told = {pk for study_id in concerned for pk in people.of_escalations(study_id).now}
    reachable = {pk for pk in told if _can_be_told(pk, mark, people)}
    if reachable:
        yield from reachable
    else:
        yield from (pk for pk in people.administrators if _can_be_told(pk, mark, people))


def _can_be_told(pk: int, mark: RefusedAddress, people: People) -> bool:
    return pk != mark.user_id and not people.person(pk).is_refused


def _studies_of_centres() -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for centre_id, study_id in Participation.objects.values_list("centre_id", "study_id"):
        found.setdefault(centre_id, set()).add(study_id)
    return found
