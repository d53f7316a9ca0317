"""Reads cohort files and counts on them independently of the code that made them.

Time to event, Kaplan–Meier and medians are written out here from the papers' definitions; nothing
is taken from the generator or from the analytics.
"""

import csv
import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MONTH = 365.25 / 12
POINTS = 1.5
"""Percentage points by which a rate may differ from the published one."""


@dataclass
class Cohort:
    """The rows of a study's tables over all centres."""

    tables: dict[str, list[dict[str, str]]]

    def __getitem__(self, table: str) -> list[dict[str, str]]:
        return self.tables.get(table, [])

    def count(self, table: str, *columns: str) -> dict:
        """How often each value (or combination) occurs."""
        rows = self[table]
        if len(columns) == 1:
            return dict(Counter(row[columns[0]] for row in rows))
        return dict(Counter(tuple(row[column] for column in columns) for row in rows))

    def numbers(self, table: str, column: str) -> list[float]:
        return [float(row[column]) for row in self[table] if is_number(row[column])]

    def by_patient(self, table: str) -> dict[str, list[dict[str, str]]]:
        found = defaultdict(list)
        for row in self[table]:
            found[row["patient"]].append(row)
        return found

    def one(self, table: str, patient: str) -> dict[str, str]:
        (row,) = self.by_patient(table)[patient]
        return row

    @property
    def patients(self) -> list[str]:
        return [row["pseudonym"] for row in self["patients"]]

    def first_course(self) -> dict[str, dict[str, str]]:
        rows = sorted(self["courses"], key=lambda row: row["started_on"], reverse=True)
        return {row["patient"]: row for row in rows}

    def deaths(self) -> dict[str, dt.date]:
        return {row["patient"]: day(row["died_on"]) for row in self["deaths"]}

    def last_contact(self) -> dict[str, dt.date]:
        seen: dict[str, dt.date] = {}
        for row in self["assessments"]:
            on = day(row["assessed_on"])
            seen[row["patient"]] = max(on, seen.get(row["patient"], on))
        return seen

    def end(self) -> dict[str, dt.date]:
        """Death, else the last contact."""
        return self.last_contact() | self.deaths()

    def progressions(self, *kinds: str) -> dict[str, dt.date]:
        """First progression of these kinds."""
        found: dict[str, dt.date] = {}
        for row in self["progressions"]:
            if row["kind"] in kinds:
                on = day(row["occurred_on"])
                found[row["patient"]] = min(on, found.get(row["patient"], on))
        return found

    def times(self, origin: dict[str, dt.date], *events: dict[str, dt.date]) -> dict:
        """Days from the origin to the first event, else to the end; and whether one came."""
        end, found = self.end(), {}
        for patient, start in origin.items():
            days = [event[patient] for event in events if patient in event]
            last = min(days) if days else end[patient]
            found[patient] = ((last - start).days, bool(days))
        return found

    def lesion_times(self) -> dict[tuple[str, str], tuple[int, bool]]:
        """Days from the first day of each lesion's own course to its local failure, or the end."""
        start = {(row["patient"], row["number"]): day(row["started_on"]) for row in self["courses"]}
        failed = {
            (row["patient"], row["lesion"]): day(row["occurred_on"])
            for row in self["progressions"]
            if row["kind"] == "local"
        }
        end, found = self.end(), {}
        for row in self["target_lesions"]:
            lesion = (row["patient"], row["lesion"])
            last = failed.get(lesion, end[row["patient"]])
            found[lesion] = ((last - start[row["patient"], row["course"]]).days, lesion in failed)
        return found


def read_cohort(folder: Path) -> Cohort:
    tables: dict[str, list[dict[str, str]]] = defaultdict(list)
    for path in sorted(folder.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] += list(csv.DictReader(file))
    return Cohort(tables)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def survival(times, months: float) -> float:
    """Percent without event so many months after the origin, by the product-limit formula."""
    times = list(times)
    part = 1.0
    for when in sorted({days for days, event in times if event}):
        if when <= months * MONTH:
            at_risk = sum(1 for days, _ in times if days >= when)
            events = sum(1 for days, event in times if days == when and event)
            part *= 1 - events / at_risk
    return 100 * part


def survival_median(times) -> float:
    """First time in months at which half or less are without event."""
    times = list(times)
    return next(
        when / MONTH
        for when in sorted({days for days, event in times if event})
        if survival(times, (when + 0.5) / MONTH) <= 50
    )


def spans(values) -> tuple[float, float, float]:
    """Median, lowest and highest value."""
    values = list(values)
    return round(median(values), 2), min(values), max(values)


def bed(dose_gy: float, fractions: int, alpha_beta_gy: float) -> float:
    return dose_gy * (1 + dose_gy / fractions / alpha_beta_gy)


def age(birth: str, on: str) -> int:
    born, then = day(birth), day(on)
    return then.year - born.year - ((then.month, then.day) < (born.month, born.day))
