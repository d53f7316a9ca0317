"""AJCC stage of soft-tissue sarcoma and sarcoma of bone, 7th and 8th edition."""

from registry.staging.chapter import schema_of
from registry.staging.codes import Categories, Schema, UnknownCode, categories, roman
from registry.staging.stage import Stage, stage_group, stage_of
from registry.staging.tumour import TCategory, t_choices, t_of_size

__all__ = [
    "Categories",
    "Schema",
    "Stage",
    "TCategory",
    "UnknownCode",
    "categories",
    "roman",
    "schema_of",
    "stage_group",
    "stage_of",
    "t_choices",
    "t_of_size",
]
