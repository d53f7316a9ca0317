"""Columns of a cohort's frames, with their types and units.

Text columns hold codes of :mod:`registry.models.choices` (or of a terminology) and "" where nothing
is on file; numbers are float64 with NaN, dates datetime64[s] with NaT, truth values are "yes", "no"
or "". Days between two dates are whole numbers in float64 columns, since one may be missing.
"""

from __future__ import annotations

TEXT, NUMBER, DATE = "str", "float64", "datetime64[s]"

KEYS = {"USUBJID": TEXT, "SITEID": TEXT}
"""Pseudonym and code of the centre, as in the time-to-event tables."""

PATIENT_VALUES = {
    # At the time origin of the protocol (the first course, where none is said).
    "sex": TEXT,
    "age": NUMBER,  # completed years
    "ecog": NUMBER,
    "kps": NUMBER,
    "cci": NUMBER,
    "cci_age_adjusted": NUMBER,
    "setting": TEXT,
    "concurrent_lesion_count": NUMBER,
    "viable_sites": TEXT,
    # The disease.
    "site": TEXT,  # code of the list region_site
    "site_region": TEXT,  # its parent in that list
    "morphology": TEXT,  # ICD-O-3
    "histology": TEXT,  # words of the report
    "histology_group": TEXT,  # WHO group
    "grade": TEXT,  # FNCLCC
    "size_cm": NUMBER,
    "depth": TEXT,
    "t_category": TEXT,
    "n_category": TEXT,
    "m_category": TEXT,
    "ajcc_edition": TEXT,
    "ajcc_stage": TEXT,
    "metastatic_at_diagnosis": TEXT,
    "multifocal": TEXT,
    "diagnosis_to_rt_days": NUMBER,
    "diagnosis_to_relapse_days": NUMBER,  # to the first recurrence or metastasis before RT
    # Surgery: the operation that the protocol speaks of (registry.operation).
    "had_surgery": TEXT,
    "surgery_timing": TEXT,  # "before_rt", "after_rt" or "" without an operation
    "procedure": TEXT,
    "residual_tumour": TEXT,
    "margin_mm": NUMBER,
    "operation_count": NUMBER,
    "surgery_to_rt_days": NUMBER,  # negative: RT first
    # Drug treatment.
    "had_chemotherapy": TEXT,
    "chemotherapy_timing": TEXT,  # codes joined by ";"
    "chemotherapy_before_rt": TEXT,
    "had_targeted_therapy": TEXT,
    "had_immunotherapy": TEXT,
    "had_interventional_therapy": TEXT,
    "had_prior_radiotherapy": TEXT,
    # The first course.
    "had_radiotherapy": TEXT,  # begun before the first progression on record
    "intent": TEXT,
    "technique": TEXT,
    "radiation_type": TEXT,
    "dose_gy": NUMBER,  # Gy or Gy(RBE), of the target with the highest dose
    "fraction_count": NUMBER,
    "dose_per_fraction_gy": NUMBER,
    "bed_tumour_gy": NUMBER,
    "bed_normal_gy": NUMBER,
    "eqd2_tumour_gy": NUMBER,
    "eqd2_normal_gy": NUMBER,
    "term_days": NUMBER,
    "interruption_days": NUMBER,
    "target_count": NUMBER,
    "treated_lesion_count": NUMBER,
    "gtv_cm3": NUMBER,  # sum over the course's targets
    "ptv_cm3": NUMBER,
}

PATIENTS = KEYS | PATIENT_VALUES
"""One row per enrolled patient. All values are those known at the time origin, never later ones."""

LESION_VALUES = {
    "lesion_site": TEXT,
    "lesion_site_region": TEXT,
    "lesion_status": TEXT,
    "lesion_diameter_cm": NUMBER,
    "lesion_gtv_cm3": NUMBER,  # of the lesion; of its target where that treats it alone
    "lesion_ptv_cm3": NUMBER,
    "lesion_technique": TEXT,
    "lesion_dose_gy": NUMBER,
    "lesion_fraction_count": NUMBER,
    "lesion_dose_per_fraction_gy": NUMBER,
    "lesion_bed_tumour_gy": NUMBER,
    "lesion_bed_normal_gy": NUMBER,
    "lesion_eqd2_tumour_gy": NUMBER,
    "lesion_term_days": NUMBER,
    "lesion_isodose_percent": NUMBER,
    "lesion_coverage_percent": NUMBER,
    "lesion_conformity_index": NUMBER,
    "lesion_new_conformity_index": NUMBER,
    "lesion_homogeneity_index": NUMBER,
}

LESIONS = KEYS | {"LESID": TEXT} | LESION_VALUES | PATIENT_VALUES
"""One row per treated lesion, by the first course that treats it, with its patient's values."""

COURSES = KEYS | {
    "course": NUMBER,  # its number within the patient
    "started": DATE,
    "ended": DATE,
    "is_completed": TEXT,
    "intent": TEXT,
    "technique": TEXT,
    "radiation_type": TEXT,
    "rbe_model": TEXT,
    "dose_gy": NUMBER,
    "fraction_count": NUMBER,
    "dose_per_fraction_gy": NUMBER,
    "bed_tumour_gy": NUMBER,
    "bed_normal_gy": NUMBER,
    "eqd2_tumour_gy": NUMBER,
    "eqd2_normal_gy": NUMBER,
    "term_days": NUMBER,
    "interruption_days": NUMBER,
    "fractions_per_week": NUMBER,  # of the first phase
    "has_boost": TEXT,
    "boost_dose_gy": NUMBER,
}
"""One row per course that has begun."""

TARGETS = KEYS | {
    "course": NUMBER,
    "target": NUMBER,
    "lesion_count": NUMBER,
    "gtv_cm3": NUMBER,
    "ctv_cm3": NUMBER,
    "itv_cm3": NUMBER,
    "ptv_cm3": NUMBER,
    "isodose_percent": NUMBER,
    "coverage_percent": NUMBER,
    "ptv_d95_gy": NUMBER,
    "gtv_d99_gy": NUMBER,
    "conformity_index": NUMBER,
    "new_conformity_index": NUMBER,
    "homogeneity_index": NUMBER,
    "dose_gy": NUMBER,
    "fraction_count": NUMBER,
    "dose_per_fraction_gy": NUMBER,
    "bed_tumour_gy": NUMBER,
    "bed_normal_gy": NUMBER,
    "eqd2_tumour_gy": NUMBER,
    "eqd2_normal_gy": NUMBER,
}
"""One row per planning target volume."""

DOSE_METRICS = KEYS | {
    "course": NUMBER,
    "structure": TEXT,  # TG-263
    "metric": TEXT,  # as in TG-263: "V40Gy", "Mean", "Max", "D1cc"
    "unit": TEXT,
    "value": NUMBER,
    "eqd2_alpha_beta_gy": NUMBER,  # of the correction where the figure is EQD2 already
    "fraction_count": NUMBER,  # of the course, for EQD2
    "region": TEXT,  # "extremity", "trunk_wall" or "" (registry.protocols.vocabulary.Region)
}
"""One row per dose-volume figure of a structure."""

TOXICITIES = KEYS | {
    "term": TEXT,  # CTCAE term
    "soc": TEXT,  # CTCAE system organ class (category in release 3.0)
    "release": TEXT,
    "grade": NUMBER,
    "phase": TEXT,  # "acute", "late" or "" where the protocol or the onset does not say
    "onset": DATE,
    "resolved": DATE,
    "days_from_rt_start": NUMBER,
    "days_from_rt_end": NUMBER,
    "days_from_surgery": NUMBER,  # from the operation that the protocol speaks of
    "attribution": TEXT,
    "action": TEXT,
    "is_serious": TEXT,
    "is_wound": TEXT,
    "present_before_rt": TEXT,
}
"""One row per adverse event at its worst grade."""

PROGRESSIONS = KEYS | {
    "LESID": TEXT,
    "kind": TEXT,
    "field_relation": TEXT,
    "site": TEXT,
    "is_new_lesion": TEXT,
    "found": DATE,
    "days_from_origin": NUMBER,  # the protocol's time origin
}
"""One row per failure, also those before the time origin (negative days)."""

LOSSES = KEYS | {
    "reason": TEXT,
    "last_known_alive": DATE,
    "declared": DATE,
    "found_again": DATE,
}
"""One row per declared loss to follow-up."""

SCREENINGS = {
    "SITEID": TEXT,
    "USUBJID": TEXT,  # "" where no patient came of it
    "outcome": TEXT,
    "reason_not_enrolled": TEXT,
    "screened": DATE,
}
"""One row per person considered for the study."""
