# Reference answers for Kaplan-Meier curves of clustered rows, from the R package `survival`.
#
#   Rscript tests/data/r/kaplan_meier_clustered.R > tests/data/r/kaplan_meier_clustered.json
#
# Lesions of patients: the standard error is the grouped infinitesimal jackknife of
# survfit(..., cluster = , robust = TRUE).

suppressPackageStartupMessages(library(survival))

folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "common.R"))

# As in version 3.8: where S = 1 both limits are 1; 3.5 gives no log-log limits there.
with_limits_at_one <- function(fit) {
  certain <- fit$surv == 1
  fit$lower[certain] <- 1
  fit$upper[certain] <- 1
  fit
}

fit_curve <- function(data, conf_type, level = 0.95) {
  response <- if (is.null(data$entry)) Surv(data$days, data$event)
              else Surv(data$entry, data$days, data$event)
  weights <- if (is.null(data$weights)) rep(1, length(data$days)) else data$weights
  with_limits_at_one(survfit(response ~ 1, weights = weights, cluster = data$cluster,
                             robust = TRUE, conf.type = conf_type, conf.int = level))
}

limits <- function(data, conf_type, level) {
  fit <- fit_curve(data, conf_type, level)
  found <- quantile(fit, 0.5)
  list(conf_type = conf_type, level = level, lower = I(fit$lower), upper = I(fit$upper),
       median = I(c(found$quantile, found$lower, found$upper)))
}

answers <- function(data) {
  fit <- fit_curve(data, "log-log")
  stored <- if (is.null(data$formula)) lapply(data, I) else data["formula"]
  c(stored, list(
    time = I(fit$time), survival = I(fit$surv), std_err = I(fit$std.err),
    limits = list(loglog = limits(data, "log-log", 0.95), log = limits(data, "log", 0.9),
                  plain = limits(data, "plain", 0.95))))
}

set.seed(5081)
lesions <- function(n, patients) {
  patient <- sample(patients, n, replace = TRUE)
  frailty <- rexp(patients)[patient]
  failure <- ceiling(rexp(n, frailty / 500))
  censoring <- ceiling(runif(n, 100, 1500))
  list(days = pmin(failure, censoring), event = as.numeric(failure <= censoring),
       cluster = patient)
}

late <- lesions(90, 30)
late$entry <- floor(runif(90, 0, 120))
late <- lapply(late, function(x) x[late$entry < late$days])

weighted <- lesions(60, 25)
weighted$weights <- sample(0:4, 60, replace = TRUE)

fractional <- lesions(60, 25)
fractional$weights <- round(runif(60, 0.2, 3), 3)

n <- 20000
heavy <- list(days = 30 * scattered(n, 41, 389), event = as.numeric(scattered(n, 10, 577) < 4),
              cluster = scattered(n, 997, 7351), formula = "heavy ties")

write_answers("survival", lapply(list(
  lesions = lesions(80, 35),
  lesions_with_ties = within(lesions(150, 60), days <- 30 * ceiling(days / 30)),
  one_row_per_cluster = within(lesions(30, 30), cluster <- seq_along(days)),
  one_cluster = within(lesions(12, 5), cluster <- rep(1, 12)),
  two_clusters = within(lesions(12, 5), cluster <- rep(1:2, 6)),
  all_censored = list(days = c(5, 9, 9, 14), event = c(0, 0, 0, 0), cluster = c(1, 1, 2, 2)),
  all_events = list(days = c(5, 9, 9, 14, 20), event = rep(1, 5), cluster = c(1, 1, 2, 2, 3)),
  event_on_day_0 = list(days = c(0, 0, 20, 35, 35, 47), event = c(1, 0, 1, 1, 0, 0),
                        cluster = c(1, 2, 1, 2, 3, 3)),
  last_one_fails = list(days = c(15, 40, 40, 77, 120), event = c(1, 0, 1, 0, 1),
                        cluster = c(1, 1, 2, 2, 3)),
  late_entry = late,
  counts_in_place_of_rows = weighted,
  fractional_weights = fractional,
  heavy_ties = heavy), answers))
