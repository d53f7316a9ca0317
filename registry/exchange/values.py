"""What one field of a native row says, made from the cells of an outside row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from registry.exchange.cells import REASON_SIGN
from registry.exchange.mapping import How, Mapping, Source, Units, Value, placeholders
from registry.exchange.table import Row
from registry.exchange.transforms import TRANSFORMS


@dataclass(frozen=True, slots=True)
class Saying:
    """A text, or a reason why there is none ("#unknown"), and the column it was read from."""

    text: str = ""
    reason: str = ""
    column: str = ""


class Values:
    """Reads values out of rows, joined by patient where a mapping asks for another table."""

    def __init__(self, mapping: Mapping, by_patient: dict[str, dict[str, list[Row]]]) -> None:
        self._mapping = mapping
        self._by_patient = by_patient

    def say(self, way: Value, row: Row, source: Source) -> Saying:
        """What the row says by this way.

        Raises:
            ValueError: a cell cannot be understood; says why, as the end of a sentence.
        """
        if way.how is How.VALUE:
            return Saying(way.parts[0])
        found = self._row(way, row, source)
        if found is None:
            return Saying()
        match way.how:
            case How.TEXT:
                said = self._text(way, found)
            case How.DAYS:
                said = self._days(way, found)
            case How.LARGEST_OF:
                said = self._largest(way, found)
            case _:
                said = self._cell(found, way.parts[0], way.codes)
        if not said.text or said.text.casefold() in way.without:
            return Saying(reason=said.reason, column=said.column)
        return Saying(self._finished(way, said, found), column=said.column)

    def changed(self, text: str, transform: str) -> str:
        """The text after a transform of that name; as it is without one."""
        if not (text and transform):
            return text
        return TRANSFORMS[transform](text, self._mapping.day_zero)

    def _row(self, way: Value, row: Row, source: Source) -> Row | None:
        """The row itself, or the one row of the same patient in another table."""
        if not way.of:
            return row
        patient = row.cells.get(source.patient, "").casefold()
        rows = self._by_patient[way.of].get(patient, [])
        if len(rows) > 1:
            raise ValueError(
                _("{table} has {number} rows of this patient, not one").format(
                    table=way.of, number=len(rows)
                )
            )
        return rows[0] if rows else None

    def _cell(self, row: Row, column: str, codes: dict[str, str] | None = None) -> Saying:
        """The text of a cell; a word that stands for "missing" gives its reason."""
        text = row.cells.get(column, "")
        reason = self._mapping.missing.get(text.casefold(), "")
        if reason and not (codes and text.casefold() in codes):
            return Saying(reason=REASON_SIGN + reason, column=column)
        return Saying(text, column=column)

    def _text(self, way: Value, row: Row) -> Saying:
        """The parts whose column is filled, joined by semicolons."""
        said = []
        for part in way.parts:
            name = placeholders(part)[0]
            cell = self._cell(row, name)
            if cell.text:
                said.append(part.replace(f"{{{name}}}", cell.text))
        return Saying("; ".join(said), column=way.columns[0])

    def _days(self, way: Value, row: Row) -> Saying:
        """Day zero and the sum of the columns; nothing when one of them says nothing."""
        days = 0
        for name in way.parts:
            cell = self._cell(row, name)
            if not cell.text:
                return cell
            days += _whole(cell.text)
        assert self._mapping.day_zero is not None  # the reader sees to it
        try:
            date = self._mapping.day_zero + dt.timedelta(days=days)
        except OverflowError:
            raise ValueError(_("leads out of the calendar")) from None
        return Saying(date.isoformat(), column=way.parts[0])

    def _largest(self, way: Value, row: Row) -> Saying:
        """The largest number of the columns that are filled."""
        cells = [self._cell(row, name) for name in way.parts]
        filled = [cell for cell in cells if cell.text]
        if filled:
            return max(filled, key=lambda cell: _number(cell.text))
        return next((cell for cell in cells if cell.reason), Saying())

    def _finished(self, way: Value, said: Saying, row: Row) -> str:
        """After transform, codes and units."""
        text = self.changed(said.text, way.transform)
        if way.codes is not None and text:
            code = way.codes.get(text.casefold())
            if code is None:
                raise ValueError(_("has no code in the mapping"))
            text = code
        if way.units is not None:
            number = _in_unit(text, way.units, row)
            if number is None:
                unit = row.cells.get(way.units.column, "").casefold()
                return REASON_SIGN + way.units.not_a_number[unit]
        elif way.factor is not None:
            number = _number(text) * way.factor
        elif way.decimals is not None:
            number = _number(text)
        else:
            return text
        if way.decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-way.decimals), ROUND_HALF_UP)
        return format(number.normalize(), "f")


def _in_unit(text: str, units: Units, row: Row) -> Decimal | None:
    """The number in the unit of the field; None when its unit is none of this quantity."""
    unit = row.cells.get(units.column, "").casefold()
    if unit in units.not_a_number:
        return None
    number = _number(text)
    if not unit:
        likely = [name for name, limit in units.without_unit.items() if number <= limit]
        if not likely:
            raise ValueError(_("has no unit, and the number does not tell which it is"))
        unit = likely[0]
    factor = units.factors.get(unit)
    if factor is None:
        raise ValueError(_("is in “{unit}”, which the mapping does not know").format(unit=unit))
    return number * factor


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise ValueError(_("is not a number")) from None
    if not number.is_finite():
        raise ValueError(_("is not a number"))
    return number


def _whole(text: str) -> int:
    number = _number(text)
    if number != number.to_integral_value() or abs(number) > 100_000:
        raise ValueError(_("is not a whole number of days"))
    return int(number)
