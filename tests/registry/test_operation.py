"""Which operation a protocol speaks of."""

import pytest

from registry.operation import operation_of, surgery_follows_rt
from registry.partial_date import PartialDate
from registry.protocols import preset

day = PartialDate.parse
OPERATIONS = [
    (day("2023-05-01"), "biopsy"),
    (day("2023-06-10"), "marginal_excision"),
    (day("2023-08-20"), "wide_excision"),
    (day("2024-03-05"), "wide_excision"),
    (day("2024-05-01"), "metastasectomy"),
    (None, "amputation"),
]


@pytest.mark.parametrize(("study", "follows"), [("preop", True), ("cams", False)])
def test_pre_operative_protocols_operate_after_radiotherapy(study: str, follows: bool) -> None:
    assert surgery_follows_rt(preset(study).schedule) is follows


def test_without_a_schedule_surgery_does_not_follow() -> None:
    assert surgery_follows_rt(None) is False


@pytest.mark.parametrize(
    ("follows_rt", "rt_start", "expected"),
    [
        (False, "2024-01-15", "2023-08-20"),  # the last before radiotherapy
        (True, "2024-01-15", "2024-03-05"),  # the first after it began
        (False, None, "2024-03-05"),  # the last of all
        (True, None, None),
        (False, "2023-01-01", None),
        (False, "2023-08", "2023-08-20"),  # within the month: not certainly after
    ],
)
def test_the_operation_is_found_around_radiotherapy(
    follows_rt: bool, rt_start: str | None, expected: str | None
) -> None:
    found = operation_of(
        OPERATIONS, rt_start=day(rt_start) if rt_start else None, follows_rt=follows_rt
    )

    assert found == (expected and day(expected))
