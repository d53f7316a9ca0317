# Reference answers for the survival curve of an endpoint, from the R package `survival`.
#
#   Rscript tests/data/r/survival_result.R > tests/data/r/survival_result.json
#
# Fourteen patients typed by hand: days from the time origin, and how they ended (0 last follow-up,
# 1 local failure, 2 death without it). Months are days / 30.4375. Numbers are written with 17
# significant digits, NA and NaN as null.

suppressPackageStartupMessages(library(survival))

month <- 30.4375
days <- c(95, 180, 180, 240, 365, 365, 400, 512, 731, 731, 900, 1096, 1500, 1800)
status <- c(1, 1, 0, 2, 1, 2, 0, 1, 1, 0, 2, 0, 1, 0)

number <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), "null")
json <- function(x) {
  if (is.list(x)) {
    return(paste0("{", paste0('"', names(x), '": ', vapply(x, json, ""), collapse = ",\n"), "}"))
  }
  body <- if (is.character(x)) paste0('"', x, '"') else number(as.numeric(x))
  if (length(x) != 1) paste0("[", paste(body, collapse = ", "), "]") else body
}

median_in_months <- function(fit) {
  found <- quantile(fit, 0.5)
  list(estimate = found$quantile / month, lower = found$lower / month,
       upper = found$upper / month)
}

answer <- function(conf_type) {
  fit <- survfit(Surv(days, status == 1) ~ 1, conf.type = conf_type)
  at <- summary(fit, times = c(12, 24, 36, 60) * month, extend = TRUE)
  # Whoever failed or died leaves half a day before a censoring of the same day.
  left <- status != 0
  follow_up <- survfit(Surv(days - 0.5 * left, !left) ~ 1, conf.type = conf_type)
  list(conf_type = conf_type, estimate = at$surv, lower = at$lower, upper = at$upper,
       n_risk = at$n.risk, n_event = at$n.event, median = median_in_months(fit),
       follow_up = median_in_months(follow_up))
}

cat(json(list(
  r = R.version.string, survival = as.character(packageVersion("survival")),
  days = days, status = status,
  answers = setNames(lapply(c("log-log", "log", "plain"), answer), c("log-log", "log", "plain"))
)), "\n")
