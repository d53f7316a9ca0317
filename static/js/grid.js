// Arrow keys move through the status grid; only one mark is a stop of the Tab key, so that Tab leads past the table.
"use strict";

for (const body of document.querySelectorAll("table.grid tbody")) {
  const rows = [...body.rows].map((row) => [...row.querySelectorAll("a")]);
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  const stopAt = (link) => {
    for (const other of body.querySelectorAll('a[tabindex="0"]')) other.tabIndex = -1;
    link.tabIndex = 0;
  };

  for (const link of rows.flat()) link.tabIndex = -1;
  rows[0][0].tabIndex = 0;
  body.addEventListener("focusin", (event) => {
    const link = event.target.closest("a");
    if (link) stopAt(link);
  });
  body.addEventListener("keydown", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows.findIndex((links) => links.includes(link));
    const column = rows[row].indexOf(link);
    let target = null;
    if (event.key in steps) {
      const [down, right] = steps[event.key];
      target = rows[row + down]?.[column + right];
    } else if (event.key === "Home") target = rows[row][0];
    else if (event.key === "End") target = rows[row].at(-1);
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
}
