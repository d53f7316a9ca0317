# Numbers as JSON with 17 significant digits, NA and NaN as null; a list becomes an object, and a
# vector wrapped in I() an array even if it holds one value. Sourced by the scripts of this folder.

number <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), "null")

json <- function(x) {
  if (is.null(x)) return("null")
  if (is.factor(x)) x <- I(as.character(x))
  if (is.list(x)) {
    return(paste0("{", paste0('"', names(x), '": ', vapply(x, json, ""), collapse = ",\n"), "}"))
  }
  if (length(x) == 0) return("[]")
  body <- if (is.character(x)) paste0('"', x, '"') else number(as.numeric(x))
  if (inherits(x, "AsIs") || length(x) != 1) paste0("[", paste(body, collapse = ", "), "]") else body
}
