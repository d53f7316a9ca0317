"""Scheduled outcome reports: who gets what when, and what was made and sent."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.models.snapshot import Snapshot
from registry.models import Study, User

FEWEST_ENROLMENTS, MOST_ENROLMENTS = 1, 10_000
MOST_DAYS_AHEAD = 60


class Rhythm(models.TextChoices):
    """When a report is due."""

    MONTHLY = "monthly", _("Every month, on its first working day")
    QUARTERLY = "quarterly", _("Every quarter, on its first working day")
    ENROLMENTS = "enrolments", _("Whenever so many more patients are enrolled")
    DATA_CUTS = "data_cuts", _("Whenever somebody freezes a snapshot")
    MEETINGS = "meetings", _("Some days before each meeting")


class ReportSchedule(models.Model):
    """What is reported of a study, to whom and when. It is not changed: another one replaces it.

    Attributes:
        every: of ENROLMENTS, how many more patients; of MEETINGS, how many days before.
        enrolled_before: patients in the study when it was made, from whom ENROLMENTS count on.
        meetings: days of meetings, ISO texts, ascending.
        blocks: keys of blocks; none for all of them.
        goals: what the study wants to reach, as :class:`analytics.reports.goals.Goal` writes it.
        sends_file: the mail carries the report, without anything that tells of single patients.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="report_schedules")
    title = models.CharField(_("title"), max_length=120)
    rhythm = models.CharField(_("when"), max_length=10, choices=Rhythm.choices)
    every = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    enrolled_before = models.PositiveIntegerField(_("enrolled before"), default=0)
    meetings = models.JSONField(_("meetings"), default=list, blank=True)
    blocks = models.JSONField(_("contents"), default=list, blank=True)
    goals = models.JSONField(_("goals"), default=list, blank=True)
    sends_file = models.BooleanField(_("the mail carries the report"), default=False)
    readers = models.ManyToManyField(
        User, related_name="report_schedules", verbose_name=_("readers")
    )
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("report schedule")
        ordering = ["study", "title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm__in=Rhythm.values), name="reportschedule_rhythm_is_a_code"
            ),
            models.CheckConstraint(
                # Asked for by name: a comparison with nothing is no breach of a constraint.
                condition=(
                    Q(
                        rhythm=Rhythm.ENROLMENTS,
                        every__isnull=False,
                        every__range=(FEWEST_ENROLMENTS, MOST_ENROLMENTS),
                    )
                    | Q(
                        rhythm=Rhythm.MEETINGS,
                        every__isnull=False,
                        every__range=(0, MOST_DAYS_AHEAD),
                    )
                    | (~Q(rhythm__in=[Rhythm.ENROLMENTS, Rhythm.MEETINGS]) & Q(every__isnull=True))
                ),
                name="reportschedule_every_fits_rhythm",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(ended_by__isnull=True),
                name="reportschedule_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study.key} {self.title}"

    def with_replaced(self) -> list[ReportSchedule]:
        """It and those that it replaces, one after another, the newest first."""
        found = [self]
        while found[-1].replaces is not None:
            found.append(found[-1].replaces)
        return found

    @property
    def meeting_days(self) -> tuple[dt.date, ...]:
        """The days of meetings."""
        return tuple(dt.date.fromisoformat(text) for text in self.meetings)


class ReportIssue(models.Model):
    """One occasion of a schedule. It is made by a worker; another one finishes what is left.

    Attributes:
        number: of a test that of the report which would be next.
        occasion: what it is due for, such as "2026-12" or "enrolled-50"; once per schedule.
        tests_for: who asked for it as a test and alone gets it; None of one that was due.
        snapshot: the frozen analysis that every copy is a rendering of.
        lease_until: until then a worker has it.
        made_at: when every copy was there.
    """

    schedule = models.ForeignKey(ReportSchedule, models.PROTECT, related_name="issues")
    number = models.PositiveIntegerField(
        _("number"), help_text=_("Within the schedule, from 1 on.")
    )
    occasion = models.CharField(_("occasion"), max_length=40)
    due_on = models.DateField(_("due on"))
    tests_for = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("test for")
    )
    entered_at = models.DateTimeField(_("entered at"))
    snapshot = models.ForeignKey(
        Snapshot, models.PROTECT, null=True, related_name="issues", verbose_name=_("snapshot")
    )
    claim = models.CharField(_("claim"), max_length=32, blank=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    made_at = models.DateTimeField(_("made at"), null=True)

    class Meta:
        verbose_name = _("report")
        ordering = ["schedule", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "occasion"], name="reportissue_one_per_occasion"
            ),
            models.UniqueConstraint(
                fields=["schedule", "number"],
                condition=Q(tests_for__isnull=True),
                name="reportissue_number_unique",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="reportissue_number_from_1"),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True) | Q(snapshot__isnull=False),
                name="reportissue_made_has_snapshot",
            ),
        ]
        indexes = [
            models.Index(
                fields=["schedule"], condition=Q(made_at__isnull=True), name="reportissue_unmade"
            )
        ]

    def __str__(self) -> str:
        return f"{self.schedule} {self.number}"

    @property
    def is_test(self) -> bool:
        """Asked for by somebody, for themself."""
        return self.tests_for_id is not None


class ReportEdition(models.Model):
    """The files of an issue for readers of one sight and language. It is never changed.

    Attributes:
        sight: key of :class:`analytics.reports.sight.Sight`.
        failed_blocks: keys of blocks that could not be made.
    """

    issue = models.ForeignKey(ReportIssue, models.PROTECT, related_name="editions")
    sight = models.CharField(_("sight"), max_length=1000)
    language = models.CharField(_("language"), max_length=10)
    pdf = models.BinaryField(_("PDF"))
    html = models.BinaryField(_("HTML"))
    docx = models.BinaryField(_("document"))
    failed_blocks = models.JSONField(_("parts that failed"), default=list, blank=True)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("edition of a report")
        ordering = ["issue", "sight", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "sight", "language"], name="reportedition_one_per_sight"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.sight} {self.language}"


class ReportCopy(models.Model):
    """What one reader got: an edition to open, and perhaps another one that the mail carried."""

    issue = models.ForeignKey(ReportIssue, models.PROTECT, related_name="copies")
    reader = models.ForeignKey(User, models.PROTECT, related_name="report_copies")
    edition = models.ForeignKey(ReportEdition, models.PROTECT, related_name="copies")
    carried = models.ForeignKey(
        ReportEdition,
        models.PROTECT,
        null=True,
        related_name="carried_by",
        verbose_name=_("carried by the mail"),
    )

    class Meta:
        verbose_name = _("copy of a report")
        verbose_name_plural = _("copies of reports")
        ordering = ["-issue", "reader"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "reader"], name="reportcopy_one_per_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.reader_id}"
