# Overall survival of the TCGA sarcoma cohort, prepared from the CSV files without the registry.
#
#   Rscript tests/data/r/tcga_sarc_os.R FOLDER > tests/data/r/tcga_sarc_os.json
#
# FOLDER holds SARC_patients.csv and SARC_follow_ups.csv. Of these two tables only the patient key,
# vital_status, days_to_death and days_to_last_followup are read:
#
#   dead   when any row of the patient says "dead"
#   time   the latest days_to_death of the dead, the latest days_to_last_followup of the others
#
# Aggregates only are written; numbers with 17 significant digits, months of 30.4375 days.

suppressPackageStartupMessages(library(survival))

folder <- commandArgs(trailingOnly = TRUE)[1]
days_per_month <- 30.4375
months <- c(12, 24, 36, 60)

rows <- function(name) {
  table <- read.csv(file.path(folder, name), colClasses = "character", check.names = FALSE)
  table[, c("bcr_patient_barcode", "vital_status", "days_to_death", "days_to_last_followup")]
}

said <- rbind(rows("SARC_patients.csv"), rows("SARC_follow_ups.csv"))
latest <- function(days) if (all(is.na(days))) NA else max(days, na.rm = TRUE)
patients <- do.call(rbind, lapply(split(said, said$bcr_patient_barcode), function(one) {
  dead <- any(one$vital_status == "dead")
  death <- latest(as.integer(one$days_to_death))
  contact <- latest(as.integer(one$days_to_last_followup))
  data.frame(days = if (dead) death else contact, dead = as.integer(dead))
}))
stopifnot(!anyNA(patients$days), all(patients$days >= 0))

# Deaths leave the risk set of the follow-up before contacts of the same day.
fit <- survfit(Surv(days, dead) ~ 1, data = patients, conf.type = "log-log")
follow_up <- survfit(Surv(days - 0.5 * dead, 1 - dead) ~ 1, data = patients, conf.type = "log-log")

number <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), "null")
object <- function(...) {
  parts <- c(...)
  paste0("{", paste0('"', names(parts), '": ', parts, collapse = ", "), "}")
}
median_of <- function(fit, called) {
  found <- quantile(fit, 0.5)
  in_months <- function(days) number(unname(days) / days_per_month)
  object(setNames(in_months(found$quantile), called), lower = in_months(found$lower),
         upper = in_months(found$upper))
}

at <- summary(fit, times = months * days_per_month)
points <- vapply(seq_along(months), function(i) object(
  months = number(months[i]), estimate = number(at$surv[i]), lower = number(at$lower[i]),
  upper = number(at$upper[i]), n_risk = number(at$n.risk[i]), n_event = number(at$n.event[i])
), "")

cat(object(
  n = number(nrow(patients)), events = number(sum(patients$dead)),
  median = median_of(fit, "estimate"), follow_up = median_of(follow_up, "median"),
  at = paste0("[\n  ", paste(points, collapse = ",\n  "), "]")
), "\n", sep = "")
