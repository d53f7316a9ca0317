# Reference answers for what tables of characteristics and toxicity need, from R itself.
#
#   Rscript tests/data/r/tables.R > tests/data/r/tables.json
#
# Shares (prop.test without correction is Wilson's interval, binom.test that of Clopper and
# Pearson), tests of tables, rank tests, and quantiles of type 7.

folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "common.R"))

shares <- function() {
  k <- c(0, 1, 3, 10, 0, 1, 7, 20, 499, 1, 0)
  n <- c(1, 1, 10, 10, 25, 40, 61, 33, 500, 12345, 20000)
  both <- function(f, level) t(mapply(function(k, n) f(k, n, level), k, n))
  wilson <- function(k, n, level)
    suppressWarnings(prop.test(k, n, conf.level = level, correct = FALSE)$conf.int)
  exact <- function(k, n, level) binom.test(k, n, conf.level = level)$conf.int
  bounds <- function(f) function(k, n, level)
    c(f(k, n, level, "greater")[1], f(k, n, level, "less")[2])
  wilson_bounds <- bounds(function(k, n, level, side)
    suppressWarnings(prop.test(k, n, alternative = side, conf.level = level,
                               correct = FALSE)$conf.int))
  exact_bounds <- bounds(function(k, n, level, side)
    binom.test(k, n, alternative = side, conf.level = level)$conf.int)
  columns <- function(x) list(lower = I(x[, 1]), upper = I(x[, 2]))
  list(k = I(k), n = I(n),
       wilson = columns(both(wilson, 0.95)), wilson_99 = columns(both(wilson, 0.99)),
       wilson_bounds = columns(both(wilson_bounds, 0.95)),
       exact = columns(both(exact, 0.95)), exact_99 = columns(both(exact, 0.99)),
       exact_bounds = columns(both(exact_bounds, 0.95)))
}

table_tests <- function(counts) {
  test <- suppressWarnings(chisq.test(counts))
  plain <- suppressWarnings(chisq.test(counts, correct = FALSE))
  list(rows = nrow(counts), cells = I(as.numeric(t(counts))),
       fisher = fisher.test(counts, workspace = 2e7)$p.value,
       statistic = test$statistic[[1]], df = test$parameter[[1]], p_value = test$p.value,
       uncorrected = plain$statistic[[1]], uncorrected_p_value = plain$p.value)
}

rank_tests <- function(values, group) {
  known <- !is.na(values)
  two <- length(unique(group[known])) == 2
  test <- if (two) wilcox.test(values ~ factor(group), exact = FALSE, correct = TRUE)
          else kruskal.test(values, factor(group))
  list(values = I(values), group = I(group), statistic = test$statistic[[1]],
       df = if (two) NULL else test$parameter[[1]], p_value = test$p.value,
       median = median(values, na.rm = TRUE),
       quartiles = I(unname(quantile(values, c(0, 0.25, 0.75, 1), na.rm = TRUE))))
}

set.seed(118)
with_missing <- round(rnorm(60, 60, 15))
with_missing[c(3, 17, 44)] <- NA

by_row <- function(...) rbind(...)
write_answers(c(), list(
  shares = shares(),
  two_by_two = table_tests(by_row(c(8, 2), c(1, 5))),
  two_by_two_with_a_zero = table_tests(by_row(c(12, 0), c(7, 4))),
  two_by_two_balanced = table_tests(by_row(c(10, 10), c(10, 11))),
  two_by_two_large = table_tests(by_row(c(310, 820), c(401, 690))),
  two_by_two_ties = table_tests(by_row(c(3, 7), c(7, 3))),
  two_by_four = table_tests(by_row(c(3, 9, 4, 1), c(8, 2, 6, 5))),
  three_by_three = table_tests(by_row(c(8, 2, 5), c(1, 9, 3), c(4, 4, 4))),
  three_by_four = table_tests(by_row(c(2, 3, 1, 0), c(0, 4, 2, 1), c(5, 0, 1, 2))),
  five_by_two = table_tests(by_row(c(12, 3), c(5, 9), c(7, 7), c(1, 8), c(0, 2))),
  three_by_four_large = table_tests(by_row(c(10, 8, 9, 7), c(6, 9, 12, 8), c(7, 8, 6, 10))),
  five_by_four = table_tests(by_row(c(5, 3, 2, 1), c(4, 4, 3, 2), c(1, 2, 3, 4), c(2, 3, 2, 1),
                                    c(0, 1, 2, 3))),
  two_groups = rank_tests(round(rnorm(40, 50, 12)), rep(1:2, 20)),
  two_groups_without_ties = rank_tests(rnorm(31), c(rep(1, 11), rep(2, 20))),
  two_groups_in_the_middle = rank_tests(c(1, 2, 3, 4), c(1, 2, 2, 1)),
  two_groups_all_equal = rank_tests(rep(5, 8), rep(1:2, 4)),
  two_groups_missing = rank_tests(with_missing, rep(1:2, 30)),
  three_groups = rank_tests(round(rnorm(45, 50, 12)), rep(1:3, 15)),
  four_groups_missing = rank_tests(with_missing, rep(1:4, 15)),
  three_groups_all_equal = rank_tests(rep(5, 9), rep(1:3, 3)),
  one_each = rank_tests(c(3, 9), c(1, 2)),
  many = rank_tests(scattered(2000, 83, 389), 1 + scattered(2000, 3, 577))))
