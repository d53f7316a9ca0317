"""Edit checks over a case: the same at entry, on import and over rows that are already there."""

from registry.checks.catalogue import CHECKS, Check, check_case, impossible

__all__ = ["CHECKS", "Check", "check_case", "impossible"]
