// "/" puts the cursor into the search field of the page, unless one is typing somewhere.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.getElementById("site-search");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
