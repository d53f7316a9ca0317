"""Patients, their identity (kept apart, encrypted), and their way into studies."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.fields import EncryptedTextField, PartialDateField
from registry.models.base import ClinicalRow
from registry.models.centre import Centre
from registry.models.choices import (
    NotEnrolledReason,
    ScreeningOutcome,
    Sex,
    WithdrawalScope,
)
from registry.models.rules import RowRules
from registry.models.study import ProtocolVersion, Study
from registry.scope import Scope

PATIENT_RULES = RowRules(table="patient", dates=["birth_date"], codes={"sex": Sex})


class Patient(ClinicalRow):
    """A person under follow-up, known outside their centre by the pseudonym only."""

    rules = PATIENT_RULES

    patient_path = ""

    centre = models.ForeignKey(
        Centre, models.PROTECT, related_name="patients", verbose_name=_("centre")
    )
    pseudonym = models.CharField(_("pseudonym"), max_length=40, unique=True)
    sex = models.CharField(_("sex"), max_length=10, choices=Sex.choices, blank=True)
    birth_date = PartialDateField(
        _("birth date"),
        null=True,
        blank=True,
        help_text=_("Shown as a year or an age outside the patient's own centre."),
    )

    class Meta:
        verbose_name = _("patient")
        ordering = ["pseudonym"]
        default_related_name = "patients"
        constraints = [*PATIENT_RULES.constraints()]
        # Lists of patients are read along these, from the start of the page to its end.
        # Skipped pages too: "id" lets the database answer from the index alone.
        indexes = [
            models.Index(
                fields=["pseudonym", "id"],
                condition=Q(voided_at__isnull=True),
                name="patient_live",
            ),
            models.Index(
                fields=["centre", "pseudonym", "id"],
                condition=Q(voided_at__isnull=True),
                name="patient_live_of_centre",
            ),
            models.Index(
                fields=["centre", "birth_date", "pseudonym"],
                condition=Q(voided_at__isnull=True),
                name="patient_live_birth_of_centre",
            ),
            models.Index(
                fields=["birth_date", "pseudonym"],
                condition=Q(voided_at__isnull=True),
                name="patient_live_birth",
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class Identity(ClinicalRow):
    """Who the patient is: readable in the patient's own centre only."""

    patient = models.OneToOneField(Patient, models.PROTECT, related_name="identity")
    family_name = EncryptedTextField(_("family name"), blank=True)
    given_names = EncryptedTextField(_("given names"), blank=True)
    record_number = EncryptedTextField(_("record number"), blank=True)
    contact = EncryptedTextField(
        _("contact"), blank=True, help_text=_("Address, telephone, next of kin.")
    )
    record_number_index = models.CharField(
        _("blind index of the record number"),
        max_length=64,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text=_(
            "HMAC-SHA-256 of centre and record number; finds a patient without decrypting."
        ),
    )
    family_name_index = models.CharField(  # noqa: DJ001 - as the other index: null without a name
        _("blind index of the family name"),
        max_length=64,
        null=True,
        blank=True,
        editable=False,
        help_text=_("HMAC-SHA-256 of centre and family name without case and marks."),
    )

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        indexes = [models.Index(fields=["family_name_index"], name="identity_family_name")]

    def __str__(self) -> str:
        # Never a name: this text reaches logs and error pages.
        return f"identity of patient {self.patient_id}"

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q:
        """Only the patient's own centre, whatever studies the reader coordinates."""
        return Q(patient__centre__in=scope.centre_ids)


SCREENING_RULES = RowRules(
    table="screening",
    dates=["screened_on"],
    codes={"outcome": ScreeningOutcome, "reason_not_enrolled": NotEnrolledReason},
)


class Screening(ClinicalRow):
    """A person considered for a study, enrolled or not (for the flow chart)."""

    rules = SCREENING_RULES

    study = models.ForeignKey(Study, models.PROTECT, verbose_name=_("study"))
    centre = models.ForeignKey(Centre, models.PROTECT, verbose_name=_("centre"))
    number = models.PositiveIntegerField(_("screening number"))
    screened_on = PartialDateField(_("screened on"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"),
        max_length=20,
        choices=ScreeningOutcome.choices,
        default=ScreeningOutcome.PENDING,
    )
    reason_not_enrolled = models.CharField(
        _("reason not enrolled"), max_length=30, choices=NotEnrolledReason.choices, blank=True
    )
    comment = models.TextField(_("comment"), blank=True)
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, blank=True, verbose_name=_("patient")
    )

    class Meta:
        verbose_name = _("screening")
        ordering = ["study", "centre", "number"]
        default_related_name = "screenings"
        constraints = [
            *SCREENING_RULES.constraints(),
            models.UniqueConstraint(
                fields=["study", "centre", "number"], name="screening_number_unique"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="enrolled") | Q(patient__isnull=False),
                name="screening_enrolled_has_patient",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="not_enrolled") | ~Q(reason_not_enrolled=""),
                name="screening_not_enrolled_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study.key} {self.centre.code} {self.number}"

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q:
        """Screenings belong to a centre and a study even when no patient came of them.

        With a patient they follow the patient: a centre that has handed a patient over reads
        nothing of the case any more.
        """
        without = Q(patient__isnull=True, centre__in=scope.centre_ids)
        of_patient = Q(patient__centre__in=scope.centre_ids) | Q(patient__in=scope.patient_ids)
        return without | of_patient | Q(study__in=scope.study_ids)


ENROLMENT_RULES = RowRules(
    table="enrolment",
    dates=["enrolled_on", "consent_on", "withdrawn_on"],
    order=[("enrolled_on", "withdrawn_on")],
    codes={"withdrawal_scope": WithdrawalScope},
)


class Enrolment(ClinicalRow):
    """A patient's part in a study, under a protocol version, with consent."""

    rules = ENROLMENT_RULES

    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    study = models.ForeignKey(Study, models.PROTECT, verbose_name=_("study"))
    protocol_version = models.ForeignKey(
        ProtocolVersion, models.PROTECT, verbose_name=_("protocol version")
    )
    enrolled_on = PartialDateField(_("enrolled on"), null=True, blank=True)
    consent_on = PartialDateField(_("consent given on"), null=True, blank=True)
    consent_version = models.CharField(_("consent version"), max_length=40, blank=True)
    withdrawn_on = PartialDateField(_("withdrawn on"), null=True, blank=True)
    withdrawal_scope = models.CharField(
        _("withdrawal"), max_length=10, choices=WithdrawalScope.choices, blank=True
    )
    withdrawal_reason = models.TextField(_("reason for withdrawal"), blank=True)

    class Meta:
        verbose_name = _("enrolment")
        ordering = ["study", "patient"]
        default_related_name = "enrolments"
        constraints = [
            *ENROLMENT_RULES.constraints(),
            models.UniqueConstraint(
                fields=["patient", "study"],
                condition=Q(voided_at__isnull=True),
                name="enrolment_unique",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawal_scope=""),
                name="enrolment_withdrawal_has_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} – {self.study.key}"
