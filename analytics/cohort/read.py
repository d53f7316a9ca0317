"""Reads a study's patients into frames, in a fixed number of queries whatever their number."""

from __future__ import annotations

import datetime as dt

from analytics.cohort import columns
from analytics.cohort.anchors import anchors_of
from analytics.cohort.baseline import baseline_values
from analytics.cohort.cohort import Cohort
from analytics.cohort.courses import (
    course_rows,
    dose_metric_rows,
    first_course_values,
    keys_of,
    target_rows,
)
from analytics.cohort.disease import disease_values
from analytics.cohort.follow_up import loss_rows, progression_rows, screening_rows
from analytics.cohort.frames import frame
from analytics.cohort.lesions import lesion_rows
from analytics.cohort.plans import read_plans
from analytics.cohort.toxicity import toxicity_rows
from analytics.cohort.treatment import treatment_values
from analytics.covariates.own import own_covariates
from analytics.extract.read import facts_of
from analytics.extract.rows import StudyRows
from registry.deviations import constraint_region
from registry.models import Patient, Study
from registry.scope import use_scope
from registry.selectors.studies import scope_in_force


def read_cohort(
    study: Study, *, data_cut: dt.date | None = None, known_at: dt.datetime | None = None
) -> Cohort:
    """The study's enrolled patients within the scope in force, known up to the data cut.

    A case that the reader sees by temporary access only is not among them. What is left out, and
    how the data cut and a withdrawal cut, is as in :func:`analytics.extract.read.read_facts`.

    Args:
        known_at: the study as it was on file at that moment, rebuilt from the audit trail; None
            for what is on file now. Title of the study and words of terms are those of today.

    Raises:
        ValueError: a data cut for a study whose dates are relative.
        ProtocolVersion.DoesNotExist: the study has no protocol, or had none then.
        ScopeError: outside any scope; with ``known_at``, in the scope of a person.
    """
    with use_scope(scope_in_force().for_figures()):
        return _read(StudyRows.read(study, data_cut, known_at))


def read_patient(study: Study, patient: Patient) -> Cohort:
    """One patient whom the scope in force shows, be it by temporary access to the case.

    For what is shown to those who read the case; nobody is in the cohort of a study in which the
    patient is not enrolled.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
        ScopeError: outside any scope.
    """
    return _read(StudyRows.read(study, None, only=patient))


def _read(rows: StudyRows) -> Cohort:
    protocol, study = rows.version.protocol, rows.study
    facts = facts_of(rows)
    plans = read_plans(rows)
    anchors = {
        patient.pseudonym: anchors_of(patient, protocol.time_origin) for patient in facts.patients
    }
    diseases = disease_values(rows, anchors, plans)
    baselines = baseline_values(rows, anchors)
    treatments = treatment_values(rows, anchors)
    values = {
        pseudonym: {
            **baselines.get(pseudonym, {}),
            **diseases[pseudonym],
            **treatments[pseudonym],
            **first_course_values(one, plans[pseudonym], protocol.dose),
        }
        for pseudonym, one in anchors.items()
    }
    regions = {
        pseudonym: constraint_region(row.get("site") or "") for pseudonym, row in values.items()
    }
    patients = (keys_of(one.facts) | values[pseudonym] for pseudonym, one in anchors.items())
    return Cohort(
        study_key=study.key,
        study_title=study.title,
        protocol=protocol,
        protocol_version=rows.version.number,
        data_cut=rows.data_cut,
        is_synthetic=study.is_synthetic,
        dates_are_relative=study.dates_are_relative,
        facts=facts,
        patients=frame(patients, columns.PATIENTS),
        lesions=frame(lesion_rows(plans, values, protocol.dose), columns.LESIONS),
        courses=frame(course_rows(plans, protocol.dose), columns.COURSES),
        targets=frame(target_rows(plans, protocol.dose), columns.TARGETS),
        dose_metrics=frame(dose_metric_rows(rows, plans, regions), columns.DOSE_METRICS),
        toxicities=frame(toxicity_rows(rows, anchors, protocol), columns.TOXICITIES),
        progressions=frame(progression_rows(rows, anchors, plans), columns.PROGRESSIONS),
        losses=frame(loss_rows(rows), columns.LOSSES),
        screenings=frame(screening_rows(rows), columns.SCREENINGS),
        covariates=own_covariates(study, known_at=rows.known_at),
    )
