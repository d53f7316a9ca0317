# Reference answers for states that begin after the time origin: at a landmark, and as time-dependent
# covariates of a Cox model (tmerge, coxph), from the R package `survival`.
#
#   Rscript tests/data/r/later_states.R > tests/data/r/later_states.json
#
# `begins` is the day on which a state begins, NA for never. Rows enter on the day before the origin,
# so that events on day 0 count, as they do in coxph(Surv(days, event)).

suppressPackageStartupMessages(library(survival))
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
source(file.path(folder, "common.R"))
source(file.path(folder, "cohorts.R"))
options(warn = -1)

control <- coxph.control(eps = 1e-14, iter.max = 50, toler.chol = .Machine$double.eps^0.75)
days_at <- c(100, 300, 600, 1000)

model_of <- function(response, terms, data, cluster) {
  arguments <- list(as.formula(paste(response, "~", paste(terms, collapse = " + "))), data = data,
                    ties = "efron", control = control)
  if (!is.null(cluster)) arguments$cluster <- data[[cluster]]
  fit <- do.call(coxph, arguments)
  shown <- summary(fit)
  error <- function(variance) ifelse(is.na(coef(fit)), NA, sqrt(diag(variance)))
  robust <- !is.null(fit$naive.var)
  found <- if (anyNA(coef(fit))) NULL else cox.zph(fit)$table
  list(n = fit$n, events = fit$nevent, coef = I(unname(coef(fit))),
       se = I(error(if (robust) fit$naive.var else fit$var)),
       robust_se = if (robust) I(error(fit$var)) else NULL,
       lower = I(unname(shown$conf.int[, "lower .95"])),
       upper = I(unname(shown$conf.int[, "upper .95"])),
       p = I(unname(shown$coefficients[, "Pr(>|z|)"])), loglik = I(fit$loglik),
       concordance = I(unname(shown$concordance)),
       zph = if (is.null(found)) NULL else I(c(found[, c("chisq", "p")])))
}

in_time <- function(data, states, covariates, cluster) {
  data$row <- seq_len(nrow(data))
  pieces <- tmerge(data, data, id = row, tstart = -1, tstop = days, ended = event(days, event))
  for (state in states) {
    data$begins <- ifelse(is.na(data[[state]]), data$days + 1, data[[state]])
    pieces <- tmerge(pieces, data, id = row, begun = tdc(begins))
    names(pieces)[names(pieces) == "begun"] <- paste0("in_", state)
  }
  terms <- paste0("in_", states)
  list(row = I(pieces$row), start = I(pieces$tstart), stop = I(pieces$tstop),
       ended = I(pieces$ended), states = setNames(lapply(terms, function(x) I(pieces[[x]])), states),
       model = model_of("Surv(tstart, tstop, ended)", c(covariates, terms), pieces, cluster))
}

at_landmark <- function(data, day, state, covariates, cluster) {
  there <- data[data$days > day, ]
  there$days <- there$days - day
  there$begun <- as.numeric(!is.na(there[[state]]) & there[[state]] <= day)
  fit <- survfit(Surv(days, event) ~ begun, there, conf.type = "log-log")
  at <- summary(fit, times = days_at, extend = TRUE)
  test <- if (length(unique(there$begun)) > 1) survdiff(Surv(days, event) ~ begun, there) else NULL
  list(day = day, n = nrow(there), begun = I(there$begun),
       left_out = I(c(sum(data$days <= day & data$event == 1),
                      sum(data$days <= day & data$event == 0))),
       survival = I(at$surv), at_risk = I(at$n.risk), groups = I(as.character(at$strata)),
       logrank = if (is.null(test)) NULL else
         I(c(test$chisq, pchisq(test$chisq, 1, lower.tail = FALSE))),
       model = model_of("Surv(days, event)", c(covariates, "begun"), there, cluster))
}

answer <- function(data, states = "begins", covariates = "age", cluster = NULL,
                   landmarks = c(182, 365)) {
  stored <- data[c("days", "event", states, covariates, cluster)]
  stored[] <- lapply(stored, function(x) I(as.numeric(x)))
  list(data = as.list(stored), names = I(states), covariates = I(covariates), cluster = cluster,
       days_at = I(days_at), in_time = in_time(data, states, covariates, cluster),
       landmarks = setNames(
         lapply(landmarks, function(day) at_landmark(data, day, states[1], covariates, cluster)),
         landmarks))
}

# A state that raises the hazard: some of the time left after it began is taken away.
begun <- function(data, share, mean_days) {
  n <- nrow(data)
  begins <- ifelse(runif(n) < share, floor(rexp(n, 1 / mean_days)), NA)
  shortened <- !is.na(begins) & begins < data$days & runif(n) < 0.5
  data$days[shortened] <- begins[shortened] + ceiling((data$days - begins)[shortened] / 2)
  data$event[shortened] <- 1
  data$begins <- begins
  data
}

patients <- begun(cohort(180), 0.6, 300)

# On day 0, on the last day (an event, a censoring), after it, the day before it, before the origin.
edges <- begun(cohort(90), 0.6, 300)
of_events <- which(edges$event == 1 & edges$days > 1)
edges$begins[of_events[1:3]] <- 0
edges$begins[of_events[4:6]] <- edges$days[of_events[4:6]]
edges$begins[of_events[7:8]] <- edges$days[of_events[7:8]] - 1
edges$begins[of_events[9:10]] <- edges$days[of_events[9:10]] + 5
edges$begins[of_events[11:12]] <- c(-1, -40)
of_others <- which(edges$event == 0)
edges$begins[of_others[1:2]] <- edges$days[of_others[1:2]]
edges$begins[of_others[3]] <- 0

day_0 <- begun(cohort(60), 0.5, 200)
day_0$days[1:5] <- 0
day_0$event[1:5] <- c(1, 0, 1, 0, 1)
day_0$begins[1:5] <- c(0, 0, NA, NA, 5)

# On the day of the landmark, the day before and after it; rows that end around it.
around <- begun(cohort(80), 0.5, 300)
around$days[1:6] <- c(364, 365, 366, 365, 366, 367)
around$event[1:6] <- c(1, 1, 1, 0, 0, 1)
around$begins[7:12] <- c(364, 365, 366, 364, 365, 366)
around$days[7:12] <- 700

two <- begun(cohort(160), 0.5, 300)
two$other <- ifelse(runif(160) < 0.4, floor(rexp(160, 1 / 400)), NA)
two$other[1:20] <- two$begins[1:20]

of_lesions <- lesions(60)
by_patient <- ifelse(runif(60) < 0.6, floor(rexp(60, 1 / 250)), NA)
of_lesions$begins <- by_patient[of_lesions$patient]

nobody <- cohort(50)
nobody$begins <- ifelse(seq_len(50) %% 2 == 0, NA, nobody$days + 3)
everybody <- cohort(50)
everybody$begins <- -20

write_answers("survival", list(
  patients = answer(patients),
  edges = answer(edges),
  day_0 = answer(day_0),
  around_the_landmark = answer(around),
  two_states = answer(two, c("begins", "other"), c("age", "size")),
  lesions = answer(of_lesions, cluster = "patient", covariates = "size"),
  nobody_in_the_state = answer(nobody),
  everybody_in_the_state = answer(everybody)))
