# Reference answers for restricted mean survival time, from the R package `survival`.
#
#   Rscript tests/data/r/rmst.R > tests/data/r/rmst.json
#
# print(fit, rmean = tau) rounds; the numbers are those of the function behind it.

suppressPackageStartupMessages(library(survival))

folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "common.R"))

answers <- function(data) {
  fit <- survfit(Surv(data$days, data$event) ~ 1)
  found <- lapply(data$tau, function(tau) survival:::survmean(fit, rmean = tau)$matrix)
  stored <- if (is.null(data$formula)) lapply(data, I) else c(data["formula"], list(tau = I(data$tau)))
  c(stored, list(estimate = I(vapply(found, function(x) x[["rmean"]], 0)),
                 std_err = I(vapply(found, function(x) x[["se(rmean)"]], 0))))
}

set.seed(90210)
cohort <- function(n) {
  failure <- ceiling(rexp(n, 1 / 700))
  censoring <- ceiling(runif(n, 200, 2000))
  list(days = pmin(failure, censoring), event = as.numeric(failure <= censoring),
       tau = c(1, 90.5, 182, 365))
}

n <- 20000
write_answers("survival", lapply(list(
  small_cohort = cohort(25),
  cohort = cohort(200),
  all_censored = list(days = c(30, 60, 60, 90), event = c(0, 0, 0, 0), tau = c(45, 90)),
  all_events = list(days = c(5, 8, 8, 12), event = c(1, 1, 1, 1), tau = c(4, 8, 10, 12, 40)),
  event_on_day_0 = list(days = c(0, 0, 20, 35, 35, 47), event = c(1, 0, 1, 1, 0, 0),
                        tau = c(10, 20, 40, 47)),
  one_patient_event = list(days = 100, event = 1, tau = c(50, 100, 200)),
  one_patient_censored = list(days = 100, event = 0, tau = c(50, 100)),
  event_and_censoring_tied = list(days = c(10, 10, 10, 25, 25, 40, 40, 40),
                                  event = c(1, 0, 0, 1, 0, 1, 1, 0), tau = c(10, 25, 39, 40)),
  heavy_ties = list(days = 30 * scattered(n, 41, 389),
                    event = as.numeric(scattered(n, 10, 577) < 4), tau = c(100, 720, 1200),
                    formula = "heavy ties")), answers))
