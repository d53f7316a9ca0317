# Outcome of the TCGA sarcoma cohort, prepared from the CSV files without the registry.
#
#   Rscript tests/data/r/tcga_sarc_outcome.R FOLDER > tests/data/r/tcga_sarc_outcome.json
#
# FOLDER holds the five SARC_*.csv that are read below. The rules are those of
# docs/mappings/tcga_sarc.md, section "Outcome"; nothing but these columns is looked at:
#
#   death, contact  vital_status, days_to_death, days_to_last_followup of patients and follow-ups
#   events          type and day of both tables of new tumour events, without new primaries
#   operations      specimen of the patient table; surgery for tumour events that are not distant
#   radiotherapy    days_to_radiation_therapy_start
#   size, histology patient table
#
# Aggregates only are written; numbers with 17 significant digits, months of 30.4375 days.

suppressPackageStartupMessages({library(survival); library(cmprsk)})
arguments <- commandArgs(FALSE)
source(file.path(dirname(sub("--file=", "", grep("--file=", arguments, value = TRUE))), "json.R"))
folder <- commandArgs(trailingOnly = TRUE)[1]
days_per_month <- 30.4375
months <- c(12, 36, 60)

# ---- the table -----------------------------------------------------------------------------------

rows <- function(name, columns) {
  table <- read.csv(file.path(folder, paste0("SARC_", name, ".csv")), colClasses = "character",
                    check.names = FALSE, na.strings = "", fileEncoding = "UTF-8-BOM")
  setNames(table[, c("bcr_patient_barcode", columns)], c("id", names(columns)))
}
status <- c(vital = "vital_status", death = "days_to_death", contact = "days_to_last_followup")
size <- function(how) {
  setNames(paste0("primary_pathology.tumor_sizes.tumor_size.", how, "_tumor_",
                  c("length", "width", "depth")), paste0(how, 1:3))
}
patients <- rows("patients", c(
  status, size("pathologic"), size("radiologic"), residual = "primary_pathology.residual_tumor",
  morphology = "icd_o_3_histology",
  specimen = "tumor_samples.tumor_sample.method_of_sample_procurement",
  operated = "tumor_samples.tumor_sample.days_to_sample_procurement"))
said <- rbind(patients[c("id", names(status))], rows("follow_ups", status))
event_columns <- c(kind = "new_neoplasm_event_type",
                   day = "days_to_new_tumor_event_after_initial_treatment",
                   surgery = "new_tumor_event_additional_surgery_procedure",
                   operated = "days_to_new_tumor_event_additional_surgery_procedure",
                   residual = "residual_disease_post_new_tumor_event_margin_status")
events <- rbind(rows("new_tumor_events", event_columns),
                rows("follow_up_new_tumor_events", event_columns))
events <- events[!events$kind %in% "new primary tumor", ]
courses <- rows("radiations", c(start = "days_to_radiation_therapy_start"))

numeric <- function(x) as.numeric(unlist(x))
first <- function(days) if (all(is.na(days))) NA else min(days, na.rm = TRUE)
last <- function(days) if (all(is.na(days))) NA else max(days, na.rm = TRUE)

# The first operation of the tumour; one without a day may have been it.
margin_of <- function(patient, own) {
  again <- own[own$surgery %in% "yes" & !own$kind %in% "distant metastasis", ]
  day <- if (patient$specimen %in% "surgical resection") numeric(patient$operated) else NA
  done <- data.frame(day = c(day, numeric(again$operated)),
                     residual = c(patient$residual, again$residual))
  if (anyNA(done$day)) return(NA)
  done$residual[which.min(done$day)]
}

local <- c("locoregional recurrence", "locoregional disease")
table <- do.call(rbind, lapply(seq_len(nrow(patients)), function(i) {
  patient <- patients[i, ]
  own_said <- said[said$id == patient$id, ]
  own <- events[events$id == patient$id, ]
  days <- numeric(own$day)
  starts <- numeric(courses$start[courses$id == patient$id])
  dead <- any(own_said$vital == "dead", na.rm = TRUE)
  largest <- last(numeric(patient[paste0("pathologic", 1:3)]))
  data.frame(
    death = if (dead) last(numeric(own_said$death)) else NA,
    contact = last(numeric(own_said$contact)),
    any = first(days), any_undated = anyNA(days),
    local = first(days[own$kind %in% local]), local_undated = anyNA(days[own$kind %in% local]),
    rt_start = first(starts), courses = length(starts),
    size_cm = if (is.na(largest)) last(numeric(patient[paste0("radiologic", 1:3)])) else largest,
    residual = margin_of(patient, own), morphology = toupper(patient$morphology))
}))

# WHO groups of the codes that occur.
group_of <- c(
  "8890/3" = "smooth_muscle", "8896/3" = "smooth_muscle",
  "8850/3" = "adipocytic", "8851/3" = "adipocytic", "8854/3" = "adipocytic",
  "8858/3" = "adipocytic",
  "8811/3" = "fibroblastic_myofibroblastic", "8821/1" = "fibroblastic_myofibroblastic",
  "8822/1" = "fibroblastic_myofibroblastic",
  "8802/3" = "uncertain_differentiation", "8805/3" = "uncertain_differentiation",
  "8830/3" = "uncertain_differentiation", "9040/3" = "uncertain_differentiation",
  "9041/3" = "uncertain_differentiation", "9043/3" = "uncertain_differentiation",
  "9540/3" = "peripheral_nerve_sheath", "8800/3" = "other")
table$histology_group <- unname(group_of[table$morphology])
stopifnot(!anyNA(table$histology_group))
table$histology_3 <- factor(
  ifelse(table$histology_group %in% c("smooth_muscle", "adipocytic"), table$histology_group, "rest"),
  c("smooth_muscle", "adipocytic", "rest"))
table$margin <- factor(c(r0 = "r0", r1 = "r1_2", r2 = "r1_2")[table$residual], c("r0", "r1_2"))
is_irradiated <- with(table, ifelse(
  courses == 0, "no", ifelse(is.na(rt_start), NA,
                             ifelse(is.na(any) | rt_start < any, "yes", "no"))))
table$had_radiotherapy <- factor(is_irradiated, c("no", "yes"))

# ---- endpoints: cause 1 is the event, 2 a competing event ------------------------------------------

end <- with(table, ifelse(is.na(death), contact, death))
endpoint <- function(failure, undated, death_is = 2) {
  failed <- !is.na(failure) & failure >= 0 & (is.na(table$death) | failure <= table$death)
  died <- !is.na(table$death)
  cause <- ifelse(failed, 1, ifelse(died, death_is, 0))
  data <- cbind(table, days = ifelse(failed, failure, end), cause = cause)
  # An event without a day leaves open when it was, unless another event of the endpoint has one.
  data <- data[!(undated & cause != 1), ]
  stopifnot(!anyNA(data$days), all(data$days >= 0))
  data$event <- as.integer(data$cause == 1)
  data
}
nothing <- rep(NA, nrow(table))
endpoints <- list(
  OS = endpoint(nothing, FALSE, death_is = 1),
  PFS = endpoint(table$any, table$any_undated, death_is = 1),
  LC = endpoint(table$local, table$local_undated))

# ---- answers ---------------------------------------------------------------------------------------

variables <- c("size_cm", "histology_3", "margin", "had_radiotherapy")
p_of <- function(statistic, df) pchisq(statistic, df, lower.tail = FALSE)
in_months <- function(found) I(unname(c(found$quantile, found$lower, found$upper)) / days_per_month)

curve <- function(data) {
  fit <- survfit(Surv(days, event) ~ 1, data, conf.type = "log-log")
  at <- summary(fit, times = months * days_per_month)
  # Who has the event or dies leaves the risk set of the follow-up before contacts of that day.
  ended <- data$cause > 0
  follow_up <- survfit(Surv(days - 0.5 * ended, !ended) ~ 1, data, conf.type = "log-log")
  list(estimate = I(at$surv), lower = I(at$lower), upper = I(at$upper), n_risk = I(at$n.risk),
       n_event = I(at$n.event), median = in_months(quantile(fit, 0.5)),
       follow_up = in_months(quantile(follow_up, 0.5)))
}

logrank <- function(data, group) {
  test <- survdiff(as.formula(paste("Surv(days, event) ~", group)), data)
  df <- length(test$n) - 1
  list(statistic = test$chisq, df = df, p = p_of(test$chisq, df))
}

control <- coxph.control(eps = 1e-14, iter.max = 50, toler.chol = .Machine$double.eps^0.75)
model <- function(data, names) {
  data <- data[complete.cases(data[names]), ]
  fit <- coxph(as.formula(paste("Surv(days, event) ~", paste(names, collapse = " + "))), data,
               control = control)
  shown <- summary(fit)
  found <- cox.zph(fit)
  wald <- lapply(fit$assign, function(terms) {
    p_of(coxph.wtest(fit$var[terms, terms, drop = FALSE], coef(fit)[terms])$test, length(terms))
  })
  list(n = fit$n, events = fit$nevent, terms = I(names(coef(fit))), coef = I(coef(fit)),
       se = I(sqrt(diag(fit$var))), hr = I(exp(coef(fit))), lower = I(shown$conf.int[, 3]),
       upper = I(shown$conf.int[, 4]), p = I(shown$coefficients[, 5]), wald = wald,
       loglik = I(fit$loglik), likelihood_ratio_p = p_of(2 * diff(fit$loglik), length(coef(fit))),
       concordance = shown$concordance[[1]], concordance_se = shown$concordance[[2]],
       zph = list(variable = I(rownames(found$table)), chisq = I(found$table[, 1]),
                  p = I(found$table[, 3])))
}

of_endpoint <- function(data) {
  c(list(n = nrow(data), events = sum(data$cause == 1), competing = sum(data$cause == 2),
         excluded = nrow(table) - nrow(data)),
    curve = list(curve(data)),
    list(margin = lapply(split(data, data$margin), curve),
         logrank = sapply(c("margin", "had_radiotherapy", "histology_group", "histology_3"),
                          function(group) logrank(data, group), simplify = FALSE),
         univariable = sapply(variables, function(name) model(data, name), simplify = FALSE),
         multivariable = model(data, variables)))
}

# Cumulative incidence by cause, with the limits of survfit.
incidence <- function(data) {
  data$state <- factor(data$cause, 0:2)
  fit <- survfit(Surv(days, state) ~ 1, data, conf.type = "log-log")
  at <- summary(fit, times = months * days_per_month)
  by_cmprsk <- timepoints(cuminc(data$days, data$cause), months * days_per_month)$est
  of_cause <- function(k) list(estimate = I(at$pstate[, k + 1]), lower = I(at$lower[, k + 1]),
                               upper = I(at$upper[, k + 1]), cmprsk = I(unname(by_cmprsk[k, ])))
  list(event = of_cause(1), competing = of_cause(2))
}

gray <- function(data, group) {
  known <- !is.na(data[[group]])
  tests <- cuminc(data$days[known], data$cause[known], data[[group]][known])$Tests
  list(statistic = I(unname(tests[, "stat"])), df = I(unname(tests[, "df"])),
       p = I(unname(tests[, "pv"])))
}

subdistribution <- function(data) {
  data <- data[complete.cases(data[variables]), c("days", "cause", variables)]
  data$id <- seq_len(nrow(data))
  weighted <- finegray(Surv(days, factor(cause, 0:2)) ~ ., data = data, etype = "1")
  fit <- coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~",
                                paste(variables, collapse = " + "))),
               weighted, weights = fgwt, cluster = id, control = control)
  shown <- summary(fit)
  list(n = nrow(data), events = sum(data$cause == 1), coef = I(coef(fit)),
       robust_se = I(sqrt(diag(fit$var))), lower = I(shown$conf.int[, 3]),
       upper = I(shown$conf.int[, 4]), p = I(shown$coefficients[, 6]))
}

# Radiotherapy as a state that begins on its first day (whose first course has no day is left out),
# so that nobody owes the group to having lived until then; and groups as they are six months (day
# 182) after the diagnosis, among those still under observation.
radiotherapy_in_time <- function(data) {
  data <- data[data$courses == 0 | !is.na(data$rt_start), ]
  data$row <- seq_len(nrow(data))
  # Never is after the end.
  data$begins <- ifelse(data$courses == 0, data$days + 1, data$rt_start)
  pieces <- tmerge(data, data, id = row, tstart = -1, tstop = days, ended = event(days, event))
  pieces <- tmerge(pieces, data, id = row, irradiated = tdc(begins))
  fit <- coxph(Surv(tstart, tstop, ended) ~ irradiated, pieces, control = control)
  landmark <- floor(6 * days_per_month)
  there <- data[data$days > landmark, ]
  there$by_then <- there$begins <= landmark
  there$days <- there$days - landmark
  list(patients = nrow(data), rows = nrow(pieces), events = fit$nevent, coef = coef(fit)[[1]],
       se = sqrt(fit$var[1]),
       landmark = c(list(n = nrow(there), irradiated = sum(there$by_then),
                         events = sum(there$event)), logrank(there, "by_then")))
}

lc <- endpoints$LC
answers <- lapply(endpoints, of_endpoint)
answers$OS$in_time <- radiotherapy_in_time(endpoints$OS)
answers$PFS$in_time <- radiotherapy_in_time(endpoints$PFS)
answers$LC$incidence <- incidence(lc)
answers$LC$incidence_by_margin <- lapply(split(lc, lc$margin), incidence)
answers$LC$gray <- sapply(c("margin", "had_radiotherapy", "histology_3"),
                          function(group) gray(lc, group), simplify = FALSE)
answers$LC$fine_gray <- subdistribution(lc)

cat(json(c(
  list(r = R.version.string, survival = as.character(packageVersion("survival")),
       cmprsk = as.character(packageVersion("cmprsk")),
       groups = list(margin = as.list(base::table(table$margin, useNA = "always")[1:3]) |>
                       setNames(c("r0", "r1_2", "missing")),
                     had_radiotherapy = as.list(base::table(table$had_radiotherapy,
                                                            useNA = "always")) |>
                       setNames(c("no", "yes", "missing")),
                     histology_3 = as.list(base::table(table$histology_3)),
                     size_missing = sum(is.na(table$size_cm)))),
  answers)), "\n", sep = "")
