# Data of the Cox models: drawn here with a fixed seed, or made by a formula that Python repeats.
# Sourced by the scripts of this folder.

set.seed(20250117)

# Patients with a grade, an age, a size and a margin that raise the hazard; whole days in steps of
# 10, so that many events and censorings share a day. Grade G1 is the reference.
cohort <- function(n) {
  grade <- factor(sample(c("G1", "G2", "G3"), n, replace = TRUE), levels = c("G1", "G2", "G3"))
  age <- round(rnorm(n, 58, 14))
  size <- round(exp(rnorm(n, 2, 0.5)), 1)
  margin <- factor(sample(c("R0", "R1"), n, replace = TRUE, prob = c(3, 1)), levels = c("R0", "R1"))
  centre <- factor(sample(c("A", "B", "C", "D"), n, replace = TRUE))
  hazard <- exp(0.5 * (as.numeric(grade) - 1) + 0.02 * (age - 58) + 0.6 * (margin == "R1")) / 900
  failure <- 10 * floor(rexp(n, hazard) / 10)
  censoring <- 10 * ceiling(runif(n, 20, 180))
  data.frame(days = pmin(failure, censoring), event = as.numeric(failure <= censoring),
             grade, age, size, margin, centre)
}

# The same, with 1 to 5 lesions per patient that share a frailty.
lesions <- function(patients) {
  patient <- rep(seq_len(patients), sample(1:5, patients, replace = TRUE))
  data <- cohort(length(patient))
  frailty <- rgamma(patients, 2, 2)[patient]
  failure <- 10 * ceiling(rexp(length(patient), frailty * exp(0.4 * (data$margin == "R1")) / 700) / 10)
  censoring <- 10 * ceiling(runif(patients, 20, 180))[patient]
  data$days <- pmin(failure, censoring)
  data$event <- as.numeric(failure <= censoring)
  data$patient <- patient
  data
}

# Someone who entered later is seen only if the end was later still.
late <- function(data) {
  data$entry <- floor(runif(nrow(data), -5, 300))
  data[data$entry < data$days, ]
}

# 20,000 rows on 60 days, without a random number.
by_formula <- function(n = 20000) {
  i <- seq_len(n) - 1
  data.frame(days = 1 + (i * 7919 + (i * i) %% 101) %% 60, event = as.numeric((i * 31) %% 7 < 3),
             age = 30 + (i * 37) %% 50, dose = ((i * 13) %% 29) / 4,
             grade = factor(c("G1", "G2", "G3")[1 + (i * 17) %% 3]))
}
