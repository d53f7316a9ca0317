"""The R script of a snapshot: makes every figure of ``results.csv`` again and compares them."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.curves import AT_MONTHS
from analytics.figures import DAYS_PER_MONTH
from analytics.workbench.r_script import CURVE, INCIDENCE, START, filled
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Unit


def snapshot_script(endpoints: Sequence[Endpoint]) -> str:
    """The text of the script; it writes ``results_r.csv`` and says how far the two differ."""
    parts = [START, "all_rows <- rows\n"]
    for endpoint in endpoints:
        is_clustered = endpoint.unit is Unit.LESION
        parts += [
            f"\n# {endpoint.code}, counted by {endpoint.unit.value}",
            filled(
                CURVE,
                conf_type="log-log",
                months=", ".join(f"{months:g}" for months in AT_MONTHS),
                days_per_month=str(DAYS_PER_MONTH),
                robust=", cluster = USUBJID, robust = TRUE" if is_clustered else "",
            ),
            f'rows <- all_rows[all_rows$PARAMCD %in% "{endpoint.code}", ]\n',
            f'curve(rows, "{endpoint.code}")\n',
            filled(INCIDENCE, group=endpoint.code),
        ]
    return "".join([*parts, _END])


_END = """
if (length(results) == 0) {
  cat("There are no rows.\\n")
} else {
  results <- do.call(rbind, results)
  write.csv(results, "results_r.csv", row.names = FALSE)
  frozen <- read.csv("results.csv", na.strings = "", colClasses = c(what = "character",
    group = "character", at = "character", value = "numeric"))
  name <- function(lines) paste(lines$what, lines$group, ifelse(is.na(lines$at), "", lines$at))
  values <- suppressWarnings(as.numeric(results$value))
  found <- values[match(name(frozen), name(results))]
  cat(nrow(frozen), "figures,", sum(is.na(found) != is.na(frozen$value)), "missing in one;",
      "largest difference:", max(0, abs(found - frozen$value), na.rm = TRUE), "\\n")
}
"""
