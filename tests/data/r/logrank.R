# Reference answers for the log-rank test, from the R package `survival`.
#
#   Rscript tests/data/r/logrank.R > tests/data/r/logrank.json
#
# survdiff() for two and more groups, with and without strata. It has no test for trend: that is
# computed from its observed and expected numbers and its variance. It has no case weights: rows are
# repeated. The clustered score test is that of coxph(~ group + cluster(id)).

suppressPackageStartupMessages(library(survival))

folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "common.R"))

expanded <- function(data) {
  if (is.null(data$weights)) return(data)
  rows <- rep(seq_along(data$days), data$weights)
  lapply(data, function(x) x[rows])
}

trend <- function(fit, scores) {
  difference <- if (is.matrix(fit$obs)) rowSums(fit$obs - fit$exp) else fit$obs - fit$exp
  statistic <- sum(scores * difference)^2 / as.numeric(t(scores) %*% fit$var %*% scores)
  list(scores = I(scores), statistic = statistic,
       p_value = pchisq(statistic, 1, lower.tail = FALSE))
}

clustered <- function(data, ties) {
  # Groups without events make the coefficients diverge, which the score test does not mind.
  fit <- suppressWarnings(coxph(Surv(days, event) ~ factor(group) + cluster(cluster), data,
                                ties = ties))
  found <- summary(fit)$robscore
  list(statistic = found[["test"]], df = found[["df"]], p_value = found[["pvalue"]])
}

answers <- function(data) {
  stored <- if (is.null(data$formula)) lapply(data, I) else data["formula"]
  data <- expanded(data[names(data) != "formula"])
  fit <- if (is.null(data$strata)) survdiff(Surv(days, event) ~ group, data)
         else survdiff(Surv(days, event) ~ group + strata(strata), data)
  total <- function(x) if (is.matrix(x)) rowSums(x) else x
  compared <- sum(total(fit$exp) > 0)
  c(stored, list(
    n = I(as.numeric(fit$n)), observed = I(total(fit$obs)), expected = I(total(fit$exp)),
    variance = I(as.numeric(fit$var)), statistic = fit$chisq, df = compared - 1,
    p_value = pchisq(fit$chisq, compared - 1, lower.tail = FALSE),
    trend = trend(fit, seq_along(fit$n)), uneven = trend(fit, seq_along(fit$n)^2),
    clustered = if (is.null(data$cluster) || !is.null(data$strata)) NULL
                else list(efron = clustered(data, "efron"), breslow = clustered(data, "breslow"))))
}

set.seed(7411)
trial <- function(n, k, effect = 0.3, by = 1) {
  group <- sample(k, n, replace = TRUE)
  failure <- ceiling(rexp(n, exp(effect * group) / 900))
  censoring <- ceiling(runif(n, 100, 2000))
  list(days = by * ceiling(pmin(failure, censoring) / by), event = as.numeric(failure <= censoring),
       group = group)
}

patients <- function(data, n) c(data, list(cluster = sample(n, length(data$days), replace = TRUE)))
stratified <- function(data, s) c(data, list(strata = sample(s, length(data$days), replace = TRUE)))

counts <- trial(60, 3, by = 60)
counts$weights <- sample(0:5, 60, replace = TRUE)

both <- stratified(trial(60, 2, by = 60), 3)
both$weights <- sample(0:5, 60, replace = TRUE)

no_events <- patients(trial(70, 3), 40)
no_events$event[no_events$group == 2] <- 0

left_early <- trial(50, 3)
left_early$days[left_early$group == 1] <- 0
left_early$event[left_early$group == 1] <- 0

n <- 20000
heavy <- list(days = 30 * scattered(n, 41, 389), event = as.numeric(scattered(n, 10, 577) < 4),
              group = scattered(n, 4, 2711), strata = scattered(n, 3, 4799), formula = "stratified")
lesions <- heavy
lesions$strata <- NULL
lesions$cluster <- scattered(n, 997, 7351)
lesions$formula <- "clustered"

write_answers("survival", lapply(list(
  two_groups = patients(trial(80, 2), 30),
  five_groups = patients(trial(200, 5), 80),
  ties = patients(trial(150, 3, by = 90), 50),
  far_apart = list(days = c(3, 40, 41, 700, 5000000, 900000000), event = c(1, 1, 0, 1, 1, 0),
                   group = c(1, 2, 1, 2, 1, 2)),
  strata = stratified(trial(160, 3), 4),
  strata_with_ties = stratified(trial(160, 2, by = 120), 3),
  all_events = patients(list(days = c(5, 8, 8, 11, 20, 31), event = rep(1, 6),
                             group = c(1, 2, 1, 2, 1, 2)), 4),
  event_on_day_0 = patients(list(days = c(0, 0, 0, 12, 30, 30, 41), event = c(1, 0, 1, 1, 1, 0, 0),
                                 group = c(1, 2, 2, 1, 2, 1, 2)), 5),
  event_and_censoring_tied = patients(list(days = c(10, 10, 10, 25, 25, 40, 40, 40),
                                           event = c(1, 0, 0, 1, 0, 1, 1, 0),
                                           group = c(1, 2, 1, 2, 1, 2, 1, 2)), 4),
  one_row_per_cluster = c(trial(40, 2), list(cluster = 1:40)),
  two_clusters = c(trial(30, 2), list(cluster = rep(1:2, 15))),
  group_without_events = no_events,
  group_that_left_before_the_first_event = left_early,
  far_from_alike = patients(trial(300, 2, effect = 3), 200),
  counts_in_place_of_rows = counts,
  counts_and_strata = both,
  heavy_ties_in_strata = heavy,
  heavy_ties_in_clusters = lesions), answers))
