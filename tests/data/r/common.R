# What the scripts of this folder share; each sources it from its own folder.

# 17 significant digits; NA and NaN as null, as JSON has neither.
number <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), "null")

# Lists become objects, I(x) always an array, everything else an array unless its length is 1.
json <- function(x) {
  if (is.null(x)) return("null")
  if (is.list(x)) {
    return(paste0("{", paste0('"', names(x), '": ', vapply(x, json, ""), collapse = ",\n"), "}"))
  }
  body <- if (is.character(x)) paste0('"', x, '"') else number(as.numeric(x))
  if (inherits(x, "AsIs") || length(x) != 1) paste0("[", paste(body, collapse = ", "), "]") else body
}

versions <- function(packages) {
  if (length(packages) == 0) return(list(r = R.version.string))
  c(list(r = R.version.string),
    setNames(lapply(packages, function(p) as.character(packageVersion(p))), packages))
}

# One object: the versions, then the answers under "data_sets".
write_answers <- function(packages, data_sets) {
  cat(json(c(versions(packages), list(data_sets = data_sets))), "\n", sep = "")
}

# Whole numbers from 0 to size - 1 that look unordered: the same formula makes them in Python, so
# that rows by the thousand need not be stored.
scattered <- function(n, size, factor, start = 0) ((seq_len(n) - 1 + start) * factor) %% 10007 %% size
