"""Shares, tests of tables, rank tests and quartiles."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from analytics.estimators import chi_square, fisher_exact, median_range, proportion, rank_test
from tests.agreement.comparing import Comparison, stored

SHARES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "wilson": ("Share: Wilson limits", "`prop.test`", {}),
    "wilson_99": ("Share: Wilson limits", "`prop.test`", {"level": 0.99}),
    "wilson_bounds": ("Share: Wilson bounds, one-sided", "`prop.test`", {"sides": 1}),
    "exact": ("Share: exact limits", "`binom.test`", {}),
    "exact_99": ("Share: exact limits", "`binom.test`", {"level": 0.99}),
    "exact_bounds": ("Share: exact bounds, one-sided", "`binom.test`", {"sides": 1}),
}


def comparisons() -> Iterator[Comparison]:
    """Every figure of tables.R."""
    for case, answer in stored("tables").items():
        if case == "shares":
            yield from _shares(answer)
        elif "cells" in answer:
            yield from _table(case, answer)
        else:
            yield from _ranks(case, answer)


def _shares(answer: dict[str, Any]) -> Iterator[Comparison]:
    for key, (statistic, against, arguments) in SHARES.items():
        method = "wilson" if key.startswith("wilson") else "clopper-pearson"
        for k, n, lower, upper in zip(
            answer["k"], answer["n"], answer[key]["lower"], answer[key]["upper"], strict=True
        ):
            share = proportion(k, n, method, **arguments)
            yield Comparison(
                statistic, against, f"{k} of {n}", (share.lower, share.upper), (lower, upper)
            )


def _table(case: str, answer: dict[str, Any]) -> Iterator[Comparison]:
    table = np.reshape(answer["cells"], (answer["rows"], -1))
    yield Comparison(
        "Fisher's exact test: p",
        "`fisher.test`",
        case,
        fisher_exact(table).p_value,
        answer["fisher"],
    )
    test, plain = chi_square(table), chi_square(table, correct=False)
    yield Comparison(
        "Chi-square test: statistic, df, p",
        "`chisq.test`",
        case,
        (test.statistic, test.df, test.p_value, plain.statistic, plain.p_value),
        [
            answer[key]
            for key in ("statistic", "df", "p_value", "uncorrected", "uncorrected_p_value")
        ],
    )


def _ranks(case: str, answer: dict[str, Any]) -> Iterator[Comparison]:
    test = rank_test(answer["values"], answer["group"])
    if answer["df"] is None:
        yield Comparison(
            "Wilcoxon's rank test: W, p",
            "`wilcox.test`",
            case,
            (test.statistic, test.p_value),
            (answer["statistic"], answer["p_value"]),
        )
    else:
        yield Comparison(
            "Kruskal–Wallis test: H, df, p",
            "`kruskal.test`",
            case,
            (test.statistic, test.df, test.p_value),
            (answer["statistic"], answer["df"], answer["p_value"]),
        )
    found = median_range(answer["values"])
    yield Comparison(
        "Median, range, quartiles",
        "`median`, `quantile`",
        case,
        (found.median, found.minimum, found.lower_quartile, found.upper_quartile, found.maximum),
        [answer["median"], *answer["quartiles"]],
    )
