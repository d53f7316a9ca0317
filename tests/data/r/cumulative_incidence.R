# Reference answers for cumulative incidence and Gray's test, from the R packages `survival`, `cmprsk`.
#
#   Rscript tests/data/r/cumulative_incidence.R > tests/data/r/cumulative_incidence.json
#
# Estimates, standard errors and limits of survfit() with a factor of causes; variances and Gray's
# tests of cuminc(). Version 3.5 of `survival` ignores cluster = in such fits: the clustered standard
# errors are computed from the influence of each row that survfit() returns, added up per cluster.

suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})

folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "common.R"))

# Columns in the order of the causes, one after another.
fit_curves <- function(data, causes, cluster = NULL) {
  data$state <- factor(data$cause, levels = 0:causes)
  fit <- survfit(Surv(days, state) ~ 1, data, conf.type = "log-log", influence = !is.null(cluster))
  std_err <- fit$std.err[, -1, drop = FALSE]
  lower <- fit$lower[, -1, drop = FALSE]
  upper <- fit$upper[, -1, drop = FALSE]
  if (!is.null(cluster)) {
    p <- fit$pstate[, -1, drop = FALSE]
    for (k in seq_len(causes)) {
      influence <- rowsum(fit$influence.pstate[, , k + 1], cluster)
      # One column more than days where the first is the start of the curve.
      influence <- influence[, ncol(influence) - (nrow(p):1) + 1, drop = FALSE]
      std_err[, k] <- sqrt(colSums(influence^2))
      z <- qnorm(0.975) * std_err[, k] / (p[, k] * log(p[, k]))
      lower[, k] <- p[, k]^exp(-z)
      upper[, k] <- p[, k]^exp(z)
      unknown <- p[, k] <= 0 | p[, k] >= 1
      lower[unknown, k] <- NA
      upper[unknown, k] <- NA
    }
  }
  list(time = I(fit$time), survival = I(fit$pstate[, 1]),
       estimate = I(as.numeric(fit$pstate[, -1])), std_err = I(as.numeric(std_err)),
       lower = I(as.numeric(lower)), upper = I(as.numeric(upper)))
}

# cuminc() has no curve of a cause without events.
aalen <- function(data, causes) {
  fit <- cuminc(data$days, data$cause)
  days <- sort(unique(data$days))
  found <- timepoints(fit, days)
  present <- which(seq_len(causes) %in% data$cause)
  list(causes = I(present), days = I(days), estimate = I(as.numeric(t(found$est))),
       variance = I(as.numeric(t(found$var))))
}

gray <- function(data) {
  fit <- if (is.null(data$strata)) cuminc(data$days, data$cause, data$group)
         else cuminc(data$days, data$cause, data$group, data$strata)
  tests <- fit$Tests
  # -1 is the sign of cuminc for a singular variance.
  known <- tests[, "stat"] >= 0
  list(statistic = I(ifelse(known, tests[, "stat"], NA)), df = I(tests[, "df"]),
       p_value = I(ifelse(known, tests[, "pv"], NA)))
}

answers <- function(data) {
  causes <- max(data$cause, 1)
  stored <- if (is.null(data$formula)) lapply(data, I) else data["formula"]
  c(stored, list(
    survfit = fit_curves(data, causes),
    cuminc = if (any(data$cause > 0)) aalen(data, causes) else NULL,
    clustered = if (is.null(data$cluster)) NULL else fit_curves(data, causes, data$cluster),
    gray = if (is.null(data$group)) NULL else gray(data)))
}

set.seed(36021)
competing <- function(n, causes, k = 2, by = 1) {
  group <- sample(k, n, replace = TRUE)
  failure <- ceiling(rexp(n, (0.7 + 0.3 * group) / 800))
  censoring <- ceiling(runif(n, 100, 2000))
  cause <- ifelse(failure <= censoring, sample(causes, n, replace = TRUE), 0)
  list(days = by * ceiling(pmin(failure, censoring) / by), cause = cause, group = group)
}

one_patient <- function(cause) list(days = 100, cause = cause)

no_cause_1 <- competing(60, 2, 3)
no_cause_1$cause[no_cause_1$group == 2 & no_cause_1$cause == 1] <- 0

no_events <- competing(60, 2, 3)
no_events$cause[no_events$group == 3] <- 0

plateau <- competing(40, 2)
plateau$days <- pmin(plateau$days, 300)
plateau$cause[plateau$days == 300] <- 0

n <- 20000
heavy <- list(days = 30 * scattered(n, 41, 389), cause = pmax(scattered(n, 7, 577) - 4, 0),
              group = scattered(n, 3, 2711), strata = scattered(n, 3, 4799), formula = "heavy ties")
# Influences of fewer rows: R keeps one number per row, day and state.
lesions <- lapply(heavy[c("days", "cause", "group")], head, 2000)
lesions$cluster <- head(scattered(n, 199, 7351), 2000)
lesions$formula <- "clustered"

write_answers(c("survival", "cmprsk"), lapply(list(
  two_causes = competing(90, 2),
  three_causes = competing(150, 3, 4),
  ties = competing(150, 2, 3, by = 90),
  one_cause = competing(50, 1),
  strata = c(competing(160, 2, 3), list(strata = sample(4, 160, replace = TRUE))),
  strata_with_ties = c(competing(160, 2, 2, by = 120), list(strata = sample(3, 160, replace = TRUE))),
  group_without_cause_1 = no_cause_1,
  group_without_events = no_events,
  group_of_one = list(days = c(40, 12, 30, 30, 55, 71, 80), cause = c(1, 2, 1, 0, 2, 1, 0),
                      group = c(1, 2, 2, 2, 2, 2, 2)),
  all_censored = list(days = c(30, 60, 60, 90), cause = c(0, 0, 0, 0)),
  all_events = list(days = c(12, 30, 30, 45, 80), cause = c(1, 2, 1, 2, 1), group = c(1, 1, 2, 2, 1)),
  all_of_one_cause = list(days = c(12, 30, 30, 45, 80), cause = c(1, 1, 1, 1, 1)),
  event_on_day_0 = list(days = c(0, 0, 0, 20, 35, 35, 47), cause = c(1, 2, 0, 1, 2, 0, 0),
                        group = c(1, 2, 1, 2, 1, 2, 1)),
  event_and_censoring_tied = list(days = c(10, 10, 10, 25, 25, 40, 40, 40),
                                  cause = c(1, 0, 2, 1, 0, 2, 1, 0),
                                  group = c(1, 2, 1, 2, 1, 2, 2, 1)),
  plateau_to_the_end = plateau,
  one_patient_event = one_patient(1),
  one_patient_censored = one_patient(0),
  lesions = c(competing(80, 2), list(cluster = sample(35, 80, replace = TRUE))),
  lesions_with_ties = c(competing(120, 3, by = 60), list(cluster = sample(40, 120, replace = TRUE))),
  one_row_per_cluster = c(competing(30, 2), list(cluster = 1:30)),
  one_cluster = c(competing(12, 2), list(cluster = rep(1, 12))),
  heavy_ties = heavy,
  heavy_ties_in_clusters = lesions), answers))
