"""An R script that makes an analysis again from its rows, with the package `survival` alone.

It reads ``adtte.csv`` beside it and writes ``results_r.csv``: one line per figure, named by
what it is, the group or term, and the months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.figures import DAYS_PER_MONTH
from analytics.workbench.choices import Choices

START = """\
# Makes the analysis again. Needs R with the package "survival"; reads adtte.csv in this folder.
library(survival)
rows <- read.csv("adtte.csv", stringsAsFactors = FALSE, na.strings = "", colClasses = c(
  USUBJID = "character", LESID = "character"))
rows$event <- as.integer(rows$CNSR == 0)
results <- list()
note <- function(what, group, at, value) {
  results[[length(results) + 1]] <<- data.frame(what = what, group = group, at = at,
                                                value = sprintf("%.15g", as.numeric(value)))
}
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
    is_clustered: bool,
    has_competing: bool,
) -> str:
    """The text of the script.

    Args:
        variables: columns of the file that hold covariates, the groups' one first, with the codes
            of their categories, the reference first; () for a number.
        is_clustered: rows are lesions, and those of one patient a cluster.
        has_competing: CNSR 2 occurs; the cumulative incidence is made too.
    """
    parts = [
        START,
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
    if choices.adjust:
        parts.append(_model(list(variables), is_clustered=is_clustered))
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


def _model(variables: Sequence[str], *, is_clustered: bool) -> str:
    terms = " + ".join(variables)
    cluster = ", cluster = USUBJID" if is_clustered else ""
    return f"""
whole <- rows[complete.cases(rows[, c({", ".join(f'"{name}"' for name in variables)})]), ]
if (sum(whole$event) > 0) {{
  model <- coxph(Surv(AVAL, event) ~ {terms}, data = whole, ties = "efron"{cluster})
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
