"""The bars of the forecast: places by hand, fillings, and words where there is room."""

from django.utils.dates import MONTHS_3

from followup.figures.accrual import Size, Tick
from followup.figures.forecast import COMPACT, WIDE, Series, forecast_figure

MONTHS = [("Nov", 2026), ("Dec", 2026), ("Jan", 2027)]
YEAR = [(str(name).capitalize(), 2027) for name in (*MONTHS_3.values(), MONTHS_3[1])]


def test_bars_stand_side_by_side_in_their_month() -> None:
    series = [Series("Clinics", [4, 0, 2]), Series("CT", [1, 1, 0])]

    figure = forecast_figure(MONTHS, series, Size(width=140.2, height=90, type=10), "small")

    # From x 22.2 (8 + one figure of 6.2 + 8) to 132.2 a month has 36.7, of which the two bars take
    # 70 %: 12.8 each, the first 5.5 after the month begins. Below the legend, of 16 and 10, the
    # highest begins at y 26; all of them stand on 90 - 34 = 56, so that one appointment is 7.5.
    assert [(bar.series, bar.x, bar.y, bar.width, bar.height) for bar in figure.bars] == [
        (1, "27.7", "26", "12.8", "30"),
        (1, "101", "41", "12.8", "15"),
        (2, "40.5", "48.5", "12.8", "7.5"),
        (2, "77.2", "48.5", "12.8", "7.5"),
    ]
    assert figure.bars[0].words == "Nov 2026: Clinics, 4"
    assert [tick.words for tick in figure.counts] == ["0", "1", "2", "3", "4"]
    assert figure.years == [Tick("40.5", "2026"), Tick("113.9", "2027")]


def test_each_kind_has_a_key_in_the_legend_and_a_filling_of_its_own() -> None:
    series = [Series(words, [1]) for words in ("Clinics", "Local imaging", "Chest imaging")]

    wide = forecast_figure(MONTHS[:1], series, WIDE)
    compact = forecast_figure(MONTHS[:1], series, COMPACT)

    assert [(key.words, key.box.series) for key in wide.keys] == [
        ("Clinics", 1),
        ("Local imaging", 2),
        ("Chest imaging", 3),
    ]
    assert {key.box.y for key in wide.keys} == {"1"}
    assert len({key.box.y for key in compact.keys}) == 2


def test_months_are_named_as_far_as_there_is_room() -> None:
    series = [Series("Clinics", [1] * 13)]

    assert len(forecast_figure(YEAR, series, WIDE).months) == 13
    named = [tick.words for tick in forecast_figure(YEAR, series, COMPACT).months]
    assert named == ["Jan", "Mar", "May", "Jul", "Sep", "Nov", "Jan"]


def test_nothing_to_come_is_drawn_as_an_empty_axis() -> None:
    figure = forecast_figure(MONTHS, [Series("Clinics", [0, 0, 0])], WIDE)

    assert figure.bars == []
    assert [tick.words for tick in figure.counts] == ["0", "1"]
