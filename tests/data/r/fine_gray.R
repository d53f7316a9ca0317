# Reference answers for Fine and Gray's model: finegray() and coxph() of the R package `survival`,
# and crr() of the R package `cmprsk` beside them.
#
#   Rscript tests/data/r/fine_gray.R > tests/data/r/fine_gray.json

suppressPackageStartupMessages({library(survival); library(cmprsk)})
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
source(file.path(folder, "json.R"))
source(file.path(folder, "cohorts.R"))
options(warn = -1)

with_causes <- function(data) {
  data$cause <- ifelse(data$event == 1, sample(1:2, nrow(data), replace = TRUE, prob = c(2, 1)), 0)
  data
}

answer <- function(data, covariates, cluster = NULL, ties = "efron") {
  data$.id <- seq_len(nrow(data))
  data$.cluster <- if (is.null(cluster)) data$.id else data[[cluster]]
  rows <- finegray(Surv(days, factor(cause, 0:2)) ~ ., data = data, etype = "1")
  right <- paste(covariates, collapse = " + ")
  fit <- coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", right)), data = rows,
               weights = fgwt, cluster = .cluster, ties = ties,
               control = coxph.control(eps = 1e-14, iter.max = 50))
  design <- model.matrix(as.formula(paste("~", right)), data)[, -1, drop = FALSE]
  other <- crr(data$days, data$cause, design, gtol = 1e-12)
  shown <- summary(fit)
  found <- cox.zph(fit)
  list(
    data = as.list(data[setdiff(names(data), c(".id", ".cluster"))]),
    covariates = I(covariates), cluster = cluster, ties = ties,
    rows = nrow(rows), coef = I(coef(fit)), se = I(sqrt(diag(fit$naive.var))),
    robust_se = I(sqrt(diag(fit$var))), lower = I(shown$conf.int[, 3]),
    upper = I(shown$conf.int[, 4]), p = I(shown$coefficients[, 6]), loglik = I(fit$loglik),
    wald = fit$wald.test, robust_score = fit$rscore,
    concordance = shown$concordance[[1]], concordance_se = shown$concordance[[2]],
    zph = I(found$table[, 1]),
    crr_coef = I(unname(other$coef)), crr_se = I(sqrt(diag(other$var))))
}

tied <- with_causes(cohort(160))
lesion_data <- with_causes(lesions(60))
day_0 <- with_causes(cohort(60))
day_0$days[1:4] <- 0
day_0$cause[1:4] <- c(1, 2, 0, 1)
complete <- with_causes(cohort(50))
complete$cause[complete$cause == 0] <- 2
alone <- cohort(70)
alone$cause <- alone$event
# Nobody shares a day with anybody else.
untied <- tied
untied$days <- 10 * untied$days + rank(untied$days + runif(160), ties.method = "first")

answers <- list(
  tied = answer(tied, c("grade", "age", "margin")),
  tied_breslow = answer(tied, c("grade", "age", "margin"), ties = "breslow"),
  untied = answer(untied, c("grade", "age", "margin")),
  untied_breslow = answer(untied, c("grade", "age", "margin"), ties = "breslow"),
  clustered = answer(lesion_data, c("size", "margin"), cluster = "patient"),
  day_0 = answer(day_0, "age"),
  nobody_censored = answer(complete, c("age", "margin")),
  no_competing_event = answer(alone, c("age", "margin"), ties = "breslow"))

cat(json(list(r = R.version.string, survival = as.character(packageVersion("survival")),
              cmprsk = as.character(packageVersion("cmprsk")), models = answers)), "\n", sep = "")
