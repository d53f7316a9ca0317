"""A study's patients in frames of plain values, for tables and models."""

from analytics.cohort.cohort import Cohort

__all__ = ["Cohort"]
