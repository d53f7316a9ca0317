"""An R script that makes an analysis again from its rows, with the package `survival` alone.

It reads ``adtte.csv`` beside it and writes ``results_r.csv``: one line per figure, named by
what it is, the group or term, and the months.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analytics.extract import LandmarkTime
from analytics.figures import DAYS_PER_MONTH
from analytics.later.pieces import LANDMARK_ENTRY, ORIGIN_ENTRY
from analytics.later.states import STATES
from analytics.workbench.choices import Choices

FROM_ORIGIN = "adtte_from_origin.csv"
"""The rows as they are without the landmark, in the archive of an analysis with one."""

START = """\
# Makes the analysis again. Needs R with the package "survival"; reads adtte.csv in this folder.
library(survival)
read_rows <- function(name) {
  rows <- read.csv(name, stringsAsFactors = FALSE, na.strings = "", colClasses = c(
    USUBJID = "character", LESID = "character"))
  rows$event <- as.integer(rows$CNSR == 0)
  rows
}
rows <- read_rows("adtte.csv")
results <- list()
note <- function(what, group, at, value) {
  results[[length(results) + 1]] <<- data.frame(what = what, group = group, at = at,
                                                value = sprintf("%.15g", as.numeric(value)))
}
"""

LANDMARK = """
# The landmark: day @day@, the last whole day within @months@ months of @days_per_month@ days after
# the time origin. Whoever ended up to and including it is left out; time counts from it.
landmark <- @day@
kept <- rows
rows <- read_rows("@file@")
note("left_out_events", "all", NA, sum(rows$AVAL <= landmark & rows$CNSR == 0))
note("left_out_censored", "all", NA, sum(rows$AVAL <= landmark & rows$CNSR == 1))
note("left_out_competing", "all", NA, sum(rows$AVAL <= landmark & rows$CNSR == 2))
rows <- rows[rows$AVAL > landmark, ]
rows$AVAL <- rows$AVAL - landmark
stopifnot(nrow(rows) == nrow(kept), rows$USUBJID == kept$USUBJID, rows$AVAL == kept$AVAL)
"""

AT_LANDMARK = """
# @state@: whether it had begun by the landmark.
rows$@state@ <- ifelse(rows$@state@_begun == "yes" & rows$@state@_day <= landmark, "yes", "no")
"""

CURVE = """
curve <- function(data, group) {
  if (nrow(data) == 0) return(invisible())
  fit <- survfit(Surv(AVAL, event) ~ 1, data = data, conf.type = "@conf_type@"@robust@)
  middle <- quantile(fit, 0.5)
  note("n", group, NA, nrow(data))
  note("events", group, NA, sum(data$event))
  note("median_days", group, NA, middle$quantile)
  note("median_lower_days", group, NA, middle$lower)
  note("median_upper_days", group, NA, middle$upper)
  for (months in c(@months@)) {
    day <- months * @days_per_month@
    if (day > max(fit$time) && min(fit$surv) > 0) next
    there <- summary(fit, times = day, extend = TRUE)
    note("rate", group, months, there$surv)
    # Before the first event R gives the limits as 1 or as missing, whether one was censored or not.
    note("rate_lower", group, months, if (there$surv == 1) 1 else there$lower)
    note("rate_upper", group, months, if (there$surv == 1) 1 else there$upper)
  }
}
"""


def r_script(
    choices: Choices,
    *,
    variables: Mapping[str, Sequence[str]],
    landmark: LandmarkTime | None,
    is_clustered: bool,
    has_competing: bool,
) -> str:
    """The text of the script.

    Args:
        variables: columns of the file that hold covariates, the groups' one first, with the codes
            of their categories, the reference first; () for a number.
        landmark: the script makes it from the rows from the origin.
        is_clustered: rows are lesions, and those of one patient a cluster.
        has_competing: CNSR 2 occurs; the cumulative incidence is made too.
    """
    parts = [
        START,
        *([] if landmark is None else _landmark(choices, landmark)),
        *(_factor(name, codes) for name, codes in variables.items() if codes),
        filled(
            CURVE,
            conf_type=choices.conf_type,
            months=", ".join(f"{months:g}" for months in choices.at_months),
            days_per_month=str(DAYS_PER_MONTH),
            robust=", cluster = USUBJID, robust = TRUE" if is_clustered else "",
        ),
        _groups(choices.group) if choices.group else 'curve(rows, "all")\n',
    ]
    if choices.has_model:
        entry = ORIGIN_ENTRY if landmark is None else LANDMARK_ENTRY
        parts.append(_model(list(variables), choices.later, entry, is_clustered))
    if has_competing:
        parts.append(filled(INCIDENCE, group="all"))
    parts.append(END)
    return "".join(parts)


def filled(template: str, **values: str) -> str:
    """The template with each @name@ replaced; R needs braces and dollars for itself."""
    for name, value in values.items():
        template = template.replace(f"@{name}@", value)
    return template


def _factor(name: str, codes: Sequence[str]) -> str:
    levels = ", ".join(f'"{code}"' for code in codes)
    return f"rows${name} <- factor(rows${name}, levels = c({levels}))\n"


def _groups(name: str) -> str:
    return f"""
for (level in levels(rows${name})) curve(rows[!is.na(rows${name}) & rows${name} == level, ], level)
if (length(unique(na.omit(rows${name}))) > 1) {{
  rows$group <- droplevels(rows${name})
  test <- survdiff(Surv(AVAL, event) ~ group, data = rows)
  note("logrank_chisq", "all", NA, test$chisq)
  note("logrank_p", "all", NA, pchisq(test$chisq, length(test$n) - 1, lower.tail = FALSE))
}}
"""


def _landmark(choices: Choices, landmark: LandmarkTime) -> Iterator[str]:
    yield filled(
        LANDMARK,
        day=str(landmark.day),
        months=landmark.months_text,
        days_per_month=str(DAYS_PER_MONTH),
        file=FROM_ORIGIN,
    )
    for code in choices.variables:
        if code in STATES:
            yield filled(AT_LANDMARK, state=code)
    for code in choices.later:
        yield f"rows${code}_day <- rows${code}_day - landmark\n"


def _model(variables: Sequence[str], states: Sequence[str], entry: int, clusters: bool) -> str:
    """A Cox model; with states, of rows that are cut where these begin."""
    known = ", ".join(f'"{name}"' for name in (*variables, *(f"{code}_begun" for code in states)))
    terms = " + ".join((*variables, *states))
    data, response, cut = "whole", "Surv(AVAL, event)", ""
    if states:
        data, response = "pieces", "Surv(tstart, tstop, ended)"
        cut = f"""
  # Each row is cut where a state begins: it counts from the day after on, and never if it begins
  # after the end.
  whole$row <- seq_len(nrow(whole))
  pieces <- tmerge(whole, whole, id = row, tstart = {entry}, tstop = AVAL,
                   ended = event(AVAL, event))"""
        for code in states:
            cut += f"""
  whole$begins <- ifelse(is.na(whole${code}_day), whole$AVAL + 1, whole${code}_day)
  pieces <- tmerge(pieces, whole, id = row, {code} = tdc(begins))"""
    cluster = ", cluster = USUBJID" if clusters else ""
    return f"""
whole <- rows[complete.cases(rows[, c({known})]), ]
if (sum(whole$event) > 0) {{{cut}
  model <- coxph({response} ~ {terms}, data = {data}, ties = "efron"{cluster})
  figures <- summary(model)
  for (term in rownames(figures$coefficients)) {{
    note("hr", term, NA, figures$conf.int[term, "exp(coef)"])
    note("hr_lower", term, NA, figures$conf.int[term, "lower .95"])
    note("hr_upper", term, NA, figures$conf.int[term, "upper .95"])
    note("hr_p", term, NA, figures$coefficients[term, "Pr(>|z|)"])
  }}
}}
"""


INCIDENCE = """
rows$state <- factor(rows$CNSR, levels = c(1, 0, 2), labels = c("censored", "event", "competing"))
if (any(rows$CNSR == 2)) {
  incidence <- summary(survfit(Surv(AVAL, state) ~ 1, data = rows), extend = TRUE,
                       times = max(rows$AVAL))
  note("incidence_at_end", "@group@", NA, incidence$pstate[, which(incidence$states == "event")])
}
"""

END = """
results <- do.call(rbind, results)
write.csv(results, "results_r.csv", row.names = FALSE)
print(results, row.names = FALSE)
"""
