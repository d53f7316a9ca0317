# Reference answers for pooled shares, by weighted least squares in place of the formulas.
#
#   Rscript tests/data/r/pooled.R > tests/data/r/pooled.json
#
# The fixed-effect mean and Cochran's Q are the coefficient and the weighted residual sum of squares
# of lm(y ~ 1, weights = 1 / v); tau² is the root of the moment equation E(Q) = Q; the pooled logit
# and its standard error are those of lm() with the weights 1 / (v + tau²).

folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
source(file.path(folder, "common.R"))

pooled <- function(events, totals, level) {
  extreme <- events == 0 | events == totals
  x <- ifelse(extreme, events + 0.5, events)
  m <- ifelse(extreme, totals + 1, totals)
  y <- qlogis(x / m)
  v <- 1 / x + 1 / (m - x)
  fixed <- lm(y ~ 1, weights = 1 / v)
  q <- deviance(fixed)
  k <- length(y)
  tau2 <- 0
  if (q > k - 1) {
    # E(Q) for a given tau²: sum over series of w (1 - leverage) (v + tau²).
    expected <- function(t) sum((1 - hatvalues(fixed)) * (v + t) / v) - q
    tau2 <- uniroot(expected, c(0, 1000), tol = 1e-14)$root
  }
  random <- lm(y ~ 1, weights = 1 / (v + tau2))
  se <- 1 / sqrt(sum(1 / (v + tau2)))
  at <- coef(random)[[1]] + c(0, -1, 1) * qnorm(1 - (1 - level) / 2) * se
  list(events = I(events), totals = I(totals), level = level, pooled = plogis(at), tau_squared = tau2,
       i_squared = if (q > k - 1) (q - (k - 1)) / q else 0)
}

# Two-year local control and overall survival of five published series of SBRT for lung metastases.
local <- pooled(c(65, 58, 49, 111, 40), c(74, 68, 51, 117, 44), 0.95)
survival <- pooled(c(10, 16, 16, 36, 26), c(14, 24, 28, 44, 56), 0.95)

write_answers(character(0), list(
  sbrt_local_control = local,
  sbrt_survival = survival,
  no_spread = pooled(c(10, 20, 30), c(20, 40, 60), 0.95),
  without_events = pooled(c(0, 0, 2), c(14, 24, 44), 0.95),
  nothing_but_events = pooled(c(10, 12), c(10, 12), 0.9),
  wide_spread = pooled(c(1, 40, 5), c(50, 50, 9), 0.99)
))
