# Reference answers for the rules of the safety watch, from R itself and the package `survival`.
#
#   Rscript tests/data/r/safety.R > tests/data/r/safety.json
#
# Of a rate of late toxicity: the lower bound of binom.test, one-sided at 95 %, for every number of
# events among n patients, and from how many on it is above a limit. Of local control: the upper
# limit of survfit, log-log at 95 %, at a time, of patients and of lesions clustered by patient.

suppressPackageStartupMessages(library(survival))

folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "common.R"))

lower_bound <- function(k, n) binom.test(k, n, alternative = "greater", conf.level = 0.95)$conf.int[1]

borders <- function(n, limits) {
  bounds <- vapply(0:n, lower_bound, 0, n = n)
  first <- vapply(limits, function(limit) which(bounds > limit)[1] - 1, 0)
  # A limit is crossed exactly where the one-sided test rejects it at 5 %.
  tested <- vapply(limits, function(limit) {
    p <- vapply(0:n, function(k) binom.test(k, n, limit, alternative = "greater")$p.value, 0)
    which(p < 0.05)[1] - 1
  }, 0)
  stopifnot(identical(first, tested))
  list(n = n, bounds = I(bounds), limits = I(limits), met_from = I(first))
}

control <- function(days, event, at, patient = NULL) {
  fit <- if (is.null(patient)) survfit(Surv(days, event) ~ 1, conf.type = "log-log")
         else survfit(Surv(days, event) ~ 1, conf.type = "log-log", id = seq_along(days),
                      cluster = patient)
  found <- summary(fit, times = at, extend = TRUE)
  list(days = I(days), event = I(event), patient = I(if (is.null(patient)) seq_along(days) else patient),
       at = at, estimate = found$surv, upper = found$upper)
}

limits <- c(0.05, 0.1, 0.15, 0.2, 0.3)
days <- c(60, 90, 120, 150, 200, 240, 300, 365, 400, 420, 500, 560, 610, 700, 730, 800, 900, 950, 1000, 1100)
event <- c(1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0)
# A lesion that has not failed is followed as long as its patient.
followed <- function(days, event, patient) ifelse(event == 1, days, ave(days, patient, FUN = max))
patient <- c(1, 1, 2, 3, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 13, 13, 14)

write_answers(c("survival"), list(
  n10 = borders(10, limits), n20 = borders(20, limits), n31 = borders(31, limits),
  n80 = borders(80, limits), n200 = borders(200, limits),
  patients = control(days, event, 730.5), lesions = control(followed(days, event, patient), event, 730.5, patient)
))
