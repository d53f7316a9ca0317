"""One patient read into frames, and the values of the only row."""

import pandas as pd

from analytics.cohort.read import read_cohort
from registry.scope import system_scope
from tests.analytics.extract.cohort import enrol


def read(study):
    with system_scope():
        return read_cohort(study)


def only(frame, *names):
    """Values of the only row; missing ones as None."""
    (row,) = frame.to_dict("records")
    values = [None if pd.isna(row[name]) else row[name] for name in names]
    return values[0] if len(values) == 1 else tuple(values)


def patient_of(study, **values):
    return enrol(study, "P-1", **values)
