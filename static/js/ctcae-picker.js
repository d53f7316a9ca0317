// In the search for a CTCAE term, Enter and the down arrow choose the first term found.
// Without this script the terms are reached with Tab, and Enter would save the form.
"use strict";

document.addEventListener("keydown", (event) => {
  const search = event.target;
  if (!search.dataset?.picker || event.ctrlKey || event.metaKey) return;
  if (event.key !== "Enter" && event.key !== "ArrowDown") return;
  event.preventDefault();
  // The list may still be that of fewer letters: ask first, choose when the answer is there.
  search.dataset.choose = "first";
  search.dispatchEvent(new Event("search"));
});

document.addEventListener("input", (event) => {
  if (event.target.dataset?.picker) delete event.target.dataset.choose;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const search = document.querySelector(`[data-picker="${event.target.id}"][data-choose]`);
  if (!search) return;
  delete search.dataset.choose;
  // A term that was chosen before stays on top of what is found.
  const term = event.target.querySelector("input[type=radio]:not([data-kept])");
  term?.focus();
  term?.click();
});
