# Reference answers for the tables of univariate and multivariable analyses, from the R package
# `survival`.
#
#   Rscript tests/data/r/model_tables.R > tests/data/r/model_tables.json
#
# Thirty patients (days to death or to the last follow-up) and the lesions of some of them (days to
# local failure), typed by hand. An age of NA is not known.

suppressPackageStartupMessages(library(survival))
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
source(file.path(folder, "json.R"))

month <- 30.4375

patients <- data.frame(
  days = c(120, 200, 340, 365, 400, 410, 450, 500, 520, 600, 610, 640, 700, 731, 750,
           760, 800, 820, 900, 950, 1000, 1010, 1096, 1100, 1200, 1250, 1300, 1400, 1500, 1600),
  event = c(1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1,
            0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0),
  grade = factor(c(3, 3, 2, 3, 3, 2, 1, 3, 2, 2, 3, 1, 2, 3, 2,
                   1, 2, 3, 1, 2, 1, 3, 1, 2, 1, 2, 1, 1, 3, 1)),
  sex = factor(c("male", "female", "male", "male", "female", "male", "female", "female", "male",
                 "male", "female", "male", "female", "male", "male", "female", "female", "male",
                 "male", "female", "female", "male", "male", "female", "male", "female", "male",
                 "female", "male", "female"), levels = c("female", "male")),
  age = c(71, 55, 64, 38, 77, 49, 52, NA, 66, 43, 58, 70, 35, 61, 68,
          47, 59, 44, 73, 51, 40, 57, 62, 48, 39, 56, 65, 42, NA, 45)
)

lesions <- data.frame(
  patient = c(1, 1, 2, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 8, 9, 10, 10, 11, 12, 12, 13),
  days = c(90, 120, 150, 200, 200, 340, 300, 365, 250, 410, 410, 450, 210, 480, 500, 520,
           330, 600, 610, 420, 640, 700),
  event = c(1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0),
  size = c(6, 3, 7, 2, 2, 4, 8, 3, 6, 5, 9, 2, 7, 6, 1, 3, 4, 2, 6, 3, 2, 1)
)
lesions$size_5 <- factor(ifelse(lesions$size > 5, "gt5", "le5"), levels = c("le5", "gt5"))

ratios <- function(fit) {
  shown <- summary(fit)$conf.int
  list(term = I(rownames(shown)), hr = I(shown[, 1]), lower = I(shown[, 3]), upper = I(shown[, 4]))
}

p_of <- function(statistic, df) pchisq(statistic, df, lower.tail = FALSE)

wald_of_each <- function(fit) {
  vapply(fit$assign, function(terms) {
    p_of(coxph.wtest(fit$var[terms, terms, drop = FALSE], coef(fit)[terms])$test, length(terms))
  }, 0)
}

# One variable at a time, of patients.
alone <- function(name) {
  data <- patients[!is.na(patients[[name]]), ]
  fit <- coxph(as.formula(paste("Surv(days, event) ~", name)), data)
  by_group <- if (is.factor(data[[name]])) {
    curves <- summary(survfit(as.formula(paste("Surv(days, event) ~", name)), data,
                              conf.type = "log-log"), times = 24 * month)
    log_rank <- survdiff(as.formula(paste("Surv(days, event) ~", name)), data)
    list(rate = I(curves$surv), lower = I(curves$lower), upper = I(curves$upper),
         log_rank = p_of(log_rank$chisq, nlevels(data[[name]]) - 1))
  }
  c(list(n = nrow(data), events = sum(data$event), p = summary(fit)$logtest[["pvalue"]],
         wald = I(summary(fit)$coefficients[, "Pr(>|z|)"])), ratios(fit), by_group)
}

complete <- patients[!is.na(patients$age), ]
adjusted <- coxph(Surv(days, event) ~ grade + sex + age, complete)
selected <- coxph(Surv(days, event) ~ grade + age, complete)
unadjusted <- coxph(Surv(days, event) ~ grade, complete)

of_lesions <- coxph(Surv(days, event) ~ size_5, lesions, cluster = patient)
curves <- survfit(Surv(days, event) ~ 1, lesions, subset = size_5 == "gt5", cluster = patient,
                  conf.type = "log-log", robust = TRUE)
at <- summary(curves, times = 12 * month)
with_causes <- survdiff(Surv(days, event) ~ size_5, lesions)

cat(json(list(
  r = R.version.string, survival = as.character(packageVersion("survival")),
  patients = lapply(patients, function(column) I(if (is.factor(column)) as.character(column)
                                                 else column)),
  lesions = lapply(lesions, function(column) I(if (is.factor(column)) as.character(column)
                                               else column)),
  univariate = list(grade = alone("grade"), sex = alone("sex"), age = alone("age")),
  adjusted = c(ratios(adjusted), list(
    n = adjusted$n, events = adjusted$nevent, wald = as.list(wald_of_each(adjusted)),
    p = summary(adjusted)$logtest[["pvalue"]],
    zph = I(cox.zph(adjusted)$table[c("grade", "sex", "age"), "p"]),
    concordance = summary(adjusted)$concordance[["C"]])),
  unadjusted_grade = ratios(unadjusted),
  selected = ratios(selected),
  added = list(sex = p_of(2 * (coxph(Surv(days, event) ~ grade + sex, complete)$loglik[2]
                               - unadjusted$loglik[2]), 1),
               removed_sex = p_of(2 * (adjusted$loglik[2] - selected$loglik[2]), 1)),
  lesions_size_5 = c(ratios(of_lesions), list(
    wald = summary(of_lesions)$coefficients[, "Pr(>|z|)"],
    score = p_of(of_lesions$rscore, 1), log_rank = p_of(with_causes$chisq, 1),
    rate = at$surv, lower = at$lower, upper = at$upper))
)), "\n")
