# Reference answers for the Kaplan-Meier estimator, from the R package `survival`.
#
#   Rscript tests/data/r/kaplan_meier.R > tests/data/r/kaplan_meier.json
#
# Every data set is typed here or drawn here with a fixed seed.

suppressPackageStartupMessages(library(survival))

folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "common.R"))

# ---- one fit -------------------------------------------------------------------------------------

# Version 3.8 of the package itself gives the limits 1 and 1 where S = 1 and its standard error
# is 0; in version 3.5 the log-log limits there are NA. The limits of 3.8 are wanted from both.
with_limits_at_one <- function(fit) {
  certain <- fit$std.err == 0
  fit$lower[certain] <- fit$surv[certain]
  fit$upper[certain] <- fit$surv[certain]
  fit
}

fit_curve <- function(data, conf_type, level) {
  response <- if (is.null(data$entry)) Surv(data$days, data$event)
              else Surv(data$entry, data$days, data$event)
  weights <- if (is.null(data$weights)) rep(1, length(data$days)) else data$weights
  fit <- survfit(response ~ 1, weights = weights, conf.type = conf_type, conf.int = level,
                 robust = FALSE)
  with_limits_at_one(fit)
}

# A death half a day before a censoring of the same day: deaths leave first, ties stay ties.
fit_reverse <- function(data, conf_type, level) {
  data$days <- data$days - ifelse(data$event == 1, 0.5, 0)
  data$event <- 1 - data$event
  fit_curve(data, conf_type, level)
}

shares <- c(0.1, 0.25, 0.5, 0.75, 0.9)

quantiles <- function(fit) {
  found <- quantile(fit, shares)
  list(q = I(shares), estimate = I(found$quantile), lower = I(found$lower), upper = I(found$upper))
}

at <- function(fit, days) {
  found <- summary(fit, times = days, extend = TRUE)
  list(days = I(found$time), estimate = I(found$surv), lower = I(found$lower),
       upper = I(found$upper))
}

limits <- function(data, conf_type, level, days) {
  fit <- fit_curve(data, conf_type, level)
  found <- summary(fit, censored = TRUE)
  list(conf_type = conf_type, level = level, lower = I(found$lower), upper = I(found$upper),
       quantiles = quantiles(fit), at = at(fit, days))
}

reversed <- function(data, days) {
  fit <- fit_reverse(data, "log-log", 0.95)
  c(at(fit, days), list(quantiles = quantiles(fit)))
}

settings <- list(c("log-log", 0.95), c("log", 0.95), c("plain", 0.95), c("log-log", 0.9),
                 c("plain", 0.99))

answers <- function(data) {
  found <- summary(fit_curve(data, "log-log", 0.95), censored = TRUE)
  days <- unique(c(0, data$days, data$days + 0.25, 0.5, max(data$days) / 3))
  days <- sort(days[days <= max(data$days)])
  if (length(days) > 25) days <- days[unique(round(seq(1, length(days), length.out = 25)))]
  # Numbers at risk follow the definition (entered before, still there), which between two days of
  # a left-truncated fit is not what summary() lists.
  entry <- if (is.null(data$entry)) rep(-1, length(data$days)) else data$entry
  weights <- if (is.null(data$weights)) rep(1, length(data$days)) else data$weights
  at_risk <- vapply(days[days > 0], function(t) sum(weights[entry < t & data$days >= t]), 0)
  list(
    days = I(data$days), event = I(data$event),
    entry = if (is.null(data$entry)) NULL else I(data$entry),
    weights = if (is.null(data$weights)) NULL else I(data$weights),
    time = I(found$time), n_risk = I(found$n.risk), n_event = I(found$n.event),
    n_censor = I(found$n.censor), survival = I(found$surv), std_err = I(found$std.err),
    at_risk = list(days = I(days[days > 0]), n = I(at_risk)),
    limits = setNames(
      lapply(settings, function(s) limits(data, s[1], as.numeric(s[2]), days)),
      vapply(settings, paste, "", collapse = " ")),
    reverse = reversed(data, days))
}

# ---- data sets -----------------------------------------------------------------------------------

rows <- function(days, event, ...) list(days = days, event = event, ...)

set.seed(20240311)

cohort <- function(n, mean_days, last_day) {
  failure <- ceiling(rexp(n, 1 / mean_days))
  censoring <- ceiling(runif(n, last_day / 6, last_day))
  rows(pmin(failure, censoring), as.numeric(failure <= censoring))
}

truncated <- cohort(200, 700, 1800)
truncated$entry <- floor(runif(200, 0, 300))
late <- truncated$entry < truncated$days
truncated <- lapply(truncated, function(x) x[late])

weighted <- cohort(80, 500, 1500)
weighted$weights <- sample(1:6, 80, replace = TRUE)

fractional <- cohort(50, 500, 1500)
fractional$weights <- round(runif(50, 0.2, 3), 3)

both <- cohort(120, 600, 1500)
both$entry <- floor(runif(120, 0, 200))
keep <- both$entry < both$days
both <- lapply(both, function(x) x[keep])
both$weights <- round(runif(sum(keep), 0.1, 2), 2)

tied <- rows(sample(30 * (0:40), 2000, replace = TRUE), rbinom(2000, 1, 0.35))

data_sets <- list(
  small_cohort = cohort(37, 720, 3800),
  medium_cohort = cohort(261, 1500, 5000),
  heavy_ties = tied,
  all_censored = rows(c(30, 60, 60, 90), c(0, 0, 0, 0)),
  all_events = rows(c(12, 30, 30, 45, 80), c(1, 1, 1, 1, 1)),
  event_on_day_0 = rows(c(0, 0, 20, 35, 35, 47), c(1, 0, 1, 1, 0, 0)),
  censoring_on_day_0 = rows(c(0, 0, 20, 35, 47), c(0, 0, 1, 1, 0)),
  everybody_on_day_0 = rows(c(0, 0, 0), c(1, 0, 1)),
  event_and_censoring_tied = rows(c(10, 10, 10, 25, 25, 40, 40, 40), c(1, 0, 0, 1, 0, 1, 1, 0)),
  one_patient_event = rows(100, 1),
  one_patient_censored = rows(100, 0),
  plateau_at_half = rows(c(10, 20, 30, 40), c(1, 1, 1, 1)),
  plateau_at_half_by_rounding = rows(c(5, 9, 14, 22, 31, 44, 57, 63, 70, 88),
                                     c(1, 1, 1, 1, 1, 0, 1, 1, 0, 1)),
  plateau_at_half_to_the_end = rows(c(10, 20, 30, 40), c(1, 1, 0, 0)),
  last_one_dies = rows(c(15, 40, 40, 77, 120), c(1, 0, 1, 0, 1)),
  late_entry = truncated,
  late_entry_reaches_zero_early = rows(c(10, 20, 40, 50), c(1, 1, 1, 0), entry = c(0, 0, 20, 30)),
  case_weights = weighted,
  counts_in_place_of_rows = rows(c(10, 10, 25, 25, 40, 40), c(0, 1, 0, 1, 0, 1),
                                 weights = c(2, 1, 1, 1, 1, 2)),
  zero_weights = rows(c(10, 20, 30, 30, 40), c(0, 1, 1, 0, 0), weights = c(1, 0, 2, 3, 1)),
  fractional_weights = fractional,
  late_entry_and_weights = both,
  far_apart_days = rows(c(3, 5000000, 900000000), c(1, 1, 0)))

write_answers("survival", lapply(data_sets, answers))
