"""A study's patients in frames of plain values, for tables and models."""

from analytics.cohort.cohort import Cohort
from analytics.cohort.read import read_cohort

__all__ = ["Cohort", "read_cohort"]
