# Reference answers for nested and stepwise Cox models: anova(), drop1(), add1() and step() of R on
# coxph() of the package `survival`.
#
#   Rscript tests/data/r/stepwise_cox.R > tests/data/r/stepwise_cox.json

suppressPackageStartupMessages(library(survival))
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
source(file.path(folder, "json.R"))
source(file.path(folder, "cohorts.R"))
options(warn = -1)

control <- coxph.control(eps = 1e-14, iter.max = 50)

patients <- cohort(240)
patients$ecog <- factor(sample(0:2, 240, replace = TRUE))
patients$depth <- factor(sample(c("deep", "superficial"), 240, replace = TRUE))

# A score made of other columns enters first, and is not needed when these have entered.
scored <- cohort(400)
scored$score <- with(scored, round(0.6 * (as.numeric(grade) - 1) + 0.025 * (age - 58) +
                                   0.7 * (margin == "R1") + rnorm(400, 0, 0.45), 2))

fit_of <- function(names, data) {
  right <- if (length(names)) paste(names, collapse = " + ") else "1"
  formula <- as.formula(paste("Surv(days, event) ~", right))
  eval(bquote(coxph(.(formula), data = .(as.name(data)), control = control)))
}

# Tables of drop1 and add1 without their first lines: one line per variable.
considered <- function(names, columns, keep, direction, data) {
  fit <- fit_of(names, data)
  table <- NULL
  leaving <- columns[columns %in% setdiff(names, keep)]
  entering <- setdiff(columns, names)
  if (direction != "forward" && length(leaving)) {
    table <- cbind(action = "remove", drop1(fit, leaving, test = "Chisq")[leaving, ])
  }
  if (direction != "backward" && length(entering)) {
    table <- rbind(table, cbind(action = "enter", add1(fit, entering, test = "Chisq")[entering, ]))
  }
  variable <- c(if (direction != "forward") leaving, if (direction != "backward") entering)
  list(variables = I(columns[columns %in% names]), aic = extractAIC(fit)[2],
       action = I(table$action), variable = I(variable), df = I(table$Df),
       candidate_aic = I(table$AIC), statistic = I(table$LRT), p = I(table[["Pr(>Chi)"]]))
}

start_of <- function(direction, columns, keep) if (direction == "backward") columns else keep

# From R's own step(): the AIC after each step, and what was done at it.
by_aic <- function(direction, columns, keep, data) {
  scope <- list(lower = as.formula(paste("~", if (length(keep)) paste(keep, collapse = "+") else 1)),
                upper = as.formula(paste("~", paste(columns, collapse = " + "))))
  found <- step(fit_of(start_of(direction, columns, keep), data), scope = scope,
                direction = direction, trace = 0)
  list(criterion = "aic", direction = direction, keep = I(keep), columns = I(columns), data = data,
       done = I(trimws(as.character(found$anova$Step))[-1]), aic = I(found$anova$AIC),
       final = I(sort(attr(terms(found), "term.labels"))))
}

# The rule of p with the tables of drop1 and add1: removes above 0.10, then enters below 0.05.
by_p <- function(direction, columns, keep, data) {
  names <- start_of(direction, columns, keep)
  done <- character()
  aic <- numeric()
  repeat {
    at <- considered(names, columns, keep, direction, data)
    aic <- c(aic, at$aic)
    out <- which(at$action == "remove" & at$p > 0.10)
    into <- which(at$action == "enter" & at$p < 0.05)
    if (length(out)) {
      worst <- at$variable[out[which.max(at$p[out])]]
      names <- setdiff(names, worst)
      done <- c(done, paste("-", worst))
    } else if (length(into)) {
      best <- at$variable[into[which.min(at$p[into])]]
      names <- c(names, best)
      done <- c(done, paste("+", best))
    } else break
  }
  list(criterion = "lr", direction = direction, keep = I(keep), columns = I(columns), data = data,
       done = I(done), aic = I(aic), final = I(sort(names)))
}

columns <- c("grade", "age", "size", "margin", "ecog", "depth")
scores <- c("score", "grade", "age", "margin")
directions <- c("backward", "forward", "both")
traces <- c(
  lapply(directions, by_aic, columns, character(), "patients"),
  lapply(directions, by_p, columns, character(), "patients"),
  lapply(directions, by_aic, columns, "depth", "patients"),
  lapply(directions, by_p, columns, "depth", "patients"),
  list(by_aic("both", scores, character(), "scored"), by_p("both", scores, character(), "scored")))
names(traces) <- vapply(traces, function(trace) {
  paste(c(trace$criterion, trace$direction, trace$data, trace$keep), collapse = " ")
}, "")

nested <- list("grade", c("grade", "age"), c("grade", "age", "margin", "ecog"))
compared <- do.call(anova, lapply(nested, fit_of, "patients"))

cat(json(list(
  r = R.version.string, survival = as.character(packageVersion("survival")),
  data = list(patients = as.list(patients), scored = as.list(scored)), columns = I(columns),
  nested = list(statistic = I(compared$Chisq[-1]), df = I(compared$Df[-1]),
                p = I(compared[["Pr(>|Chi|)"]][-1])),
  considered = list(
    backward = considered(columns, columns, character(), "backward", "patients"),
    forward = considered(character(), columns, character(), "forward", "patients"),
    both = considered("depth", columns, "depth", "both", "patients")),
  traces = traces)), "\n", sep = "")
