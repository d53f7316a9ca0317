# Reference answers for Cox models, from the R package `survival`.
#
#   Rscript tests/data/r/cox.R > tests/data/r/cox.json
#
# coxph stops when the log-likelihood changes by less than 1e-9 of itself; here it goes on to 1e-14,
# and to 1e-10 where a coefficient goes to infinity: beyond, R takes its term out of the model.

suppressPackageStartupMessages(library(survival))
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
source(file.path(folder, "json.R"))
source(file.path(folder, "cohorts.R"))
options(warn = -1)

test <- function(statistic, df) {
  list(statistic = statistic, df = df, p = pchisq(statistic, df, lower.tail = FALSE))
}

wald_of <- function(fit, terms) {
  terms <- terms[!is.na(coef(fit)[terms])]
  test(coxph.wtest(fit$var[terms, terms, drop = FALSE], coef(fit)[terms])$test, length(terms))
}

# Arguments of coxph by name; `robust` says whether the answer has a robust error.
answer <- function(data, covariates, ties = "efron", strata = NULL, cluster = NULL, weights = NULL,
                   level = 0.95, eps = 1e-14, store = TRUE) {
  data$.strata <- if (is.null(strata)) 1 else data[[strata]]
  data$.weights <- if (is.null(weights)) 1 else as.numeric(data[[weights]])
  response <- if (is.null(data$entry)) "Surv(days, event)" else "Surv(entry, days, event)"
  right <- paste(c(covariates, if (!is.null(strata)) "strata(.strata)"), collapse = " + ")
  arguments <- list(as.formula(paste(response, "~", right)), data = data, ties = ties,
                    control = coxph.control(eps = eps, iter.max = 50,
                                            toler.chol = .Machine$double.eps^0.75))
  if (!is.null(weights)) arguments$weights <- data$.weights
  if (!is.null(cluster)) arguments$cluster <- data[[cluster]]
  fit <- do.call(coxph, arguments)
  shown <- summary(fit, conf.int = level)
  robust <- !is.null(fit$naive.var)
  df <- sum(!is.na(coef(fit)))
  found <- cox.zph(fit)
  groups <- fit$assign[setdiff(names(fit$assign), "strata(.strata)")]
  se <- function(variance) ifelse(is.na(coef(fit)), NA, sqrt(diag(variance)))
  limit <- function(side) exp(coef(fit) + side * qnorm((1 + level) / 2) * se(fit$var))
  z <- coef(fit) / se(fit$var)
  list(
    data = if (store) as.list(data[setdiff(names(data), c(".strata", ".weights"))]) else NULL,
    covariates = I(covariates), ties = ties, strata = strata, cluster = cluster, weights = weights,
    level = level,
    terms = I(names(coef(fit))), coef = I(coef(fit)),
    se = I(se(if (robust) fit$naive.var else fit$var)),
    robust_se = if (robust) I(se(fit$var)) else NULL,
    hr = I(exp(coef(fit))), lower = I(limit(-1)), upper = I(limit(1)), z = I(z),
    p = I(pchisq(z^2, 1, lower.tail = FALSE)),
    covariance = I(c(fit$var)),
    loglik = I(fit$loglik), aic = extractAIC(fit)[2],
    likelihood_ratio = test(2 * diff(fit$loglik), df), wald = wald_of(fit, seq_along(coef(fit))),
    score = test(fit$score, df), robust_score = if (robust) test(fit$rscore, df) else NULL,
    variables = lapply(groups, function(terms) wald_of(fit, terms)),
    concordance = shown$concordance[[1]], concordance_se = shown$concordance[[2]],
    zph = list(variable = I(rownames(found$table)), chisq = I(found$table[, 1]),
               df = I(found$table[, 2]), p = I(found$table[, 3])))
}

# ---- data sets -----------------------------------------------------------------------------------

all_four <- c("grade", "age", "size", "margin")

medium <- cohort(180)
small <- cohort(45)
nested <- lesions(60)
truncated <- late(cohort(160))
truncated_lesions <- late(lesions(70))
everybody_dies <- cohort(60)
everybody_dies$event <- 1
day_0 <- cohort(70)
day_0$days[c(1, 5, 9, 11)] <- 0
day_0$event[c(1, 5, 9)] <- 1
day_0$event[11] <- 0
counted <- cohort(80)
counted$count <- sample(1:4, 80, replace = TRUE)
fractional <- cohort(90)
fractional$share <- round(runif(90, 0.1, 2.5), 3)
weighted_lesions <- late(lesions(40))
weighted_lesions$share <- round(runif(nrow(weighted_lesions), 0.2, 2), 2)
few <- cohort(60)
few$patient <- rep(1:3, 20)

# Without an estimate of some term: the others have one, and R agrees on these.
collinear <- cohort(80)
collinear$inches <- collinear$size / 2.54
empty_level <- cohort(120)
empty_level$event[empty_level$grade == "G3"] <- 0
empty_lesion_level <- lesions(50)
empty_lesion_level$event[empty_lesion_level$grade == "G2"] <- 0
separated <- cohort(60)
separated$margin <- factor(ifelse(separated$event == 1 & separated$days < 400, "R1", "R0"))
separated$event[separated$margin == "R0"] <- 0

answers <- list(
  one_number = answer(medium, "age"),
  one_category = answer(medium, "grade"),
  several = answer(medium, all_four),
  several_breslow = answer(medium, all_four, ties = "breslow", level = 0.9),
  small = answer(small, c("grade", "age")),
  stratified = answer(medium, c("grade", "age", "margin"), strata = "centre"),
  stratified_breslow = answer(medium, c("age", "margin"), strata = "centre", ties = "breslow"),
  late_entry = answer(truncated, all_four),
  late_entry_breslow = answer(truncated, all_four, ties = "breslow"),
  late_entry_stratified = answer(truncated, c("grade", "size"), strata = "centre"),
  clustered = answer(nested, all_four, cluster = "patient"),
  clustered_breslow = answer(nested, "margin", cluster = "patient", ties = "breslow"),
  clustered_stratified = answer(nested, c("age", "margin"), cluster = "patient", strata = "centre"),
  clustered_late_entry = answer(truncated_lesions, all_four, cluster = "patient"),
  clustered_late_entry_stratified = answer(truncated_lesions, c("size", "margin"),
                                           cluster = "patient", strata = "centre"),
  counts = answer(counted, all_four, weights = "count"),
  counts_breslow = answer(counted, all_four, weights = "count", ties = "breslow"),
  fractional_weights = answer(fractional, c("grade", "age"), weights = "share"),
  weighted_clustered_late_entry = answer(weighted_lesions, c("age", "margin"), weights = "share",
                                         cluster = "patient"),
  event_on_day_0 = answer(day_0, c("grade", "age")),
  everybody_has_the_event = answer(everybody_dies, c("grade", "age")),
  few_clusters = answer(few, "margin", cluster = "patient"),
  collinear = answer(collinear, c("age", "size", "inches", "margin")),
  level_without_events = answer(empty_level, c("age", "grade", "margin"), eps = 1e-10),
  level_without_events_clustered = answer(empty_lesion_level, c("grade", "age", "margin"),
                                          cluster = "patient", eps = 1e-10),
  separation = answer(separated, c("age", "margin", "size"), eps = 1e-10),
  heavy_ties = answer(by_formula(), c("age", "dose", "grade"), store = FALSE),
  heavy_ties_breslow = answer(by_formula(), c("age", "dose", "grade"), ties = "breslow",
                              store = FALSE))

cat(json(list(r = R.version.string, survival = as.character(packageVersion("survival")),
              models = answers)), "\n", sep = "")
