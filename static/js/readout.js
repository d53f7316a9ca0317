// Reads a survival curve at a time: by the slider, or where the pointer is over the figure.
"use strict";

(() => {
  const box = document.querySelector("[data-readout]");
  if (!box) return;
  const data = JSON.parse(document.getElementById(box.dataset.readout).textContent);
  const slider = box.querySelector("input");
  const output = box.querySelector("output");
  const percent = (share) => (share === null ? data.words.unknown : (100 * share).toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 }));

  // The last step on or before the day; before the first step everybody is without the event.
  const stepAt = (curve, day) => {
    let low = 0;
    let high = curve.days.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (curve.days[middle] <= day) low = middle + 1; else high = middle;
    }
    return low - 1;
  };

  const line = (curve, day) => {
    const place = stepAt(curve, day);
    // Who leaves on a day is still at risk on it: at risk after it are those of the next step.
    const next = curve.days[place] === day ? place : place + 1;
    const risk = next < curve.at_risk.length ? curve.at_risk[next] : 0;
    const past = day > curve.days[curve.days.length - 1];
    const [rate, lower, upper] = place < 0 ? [1, 1, 1] : [curve.survival[place], curve.lower[place], curve.upper[place]];
    const known = !past || rate === 0;
    return `${curve.name ? `${curve.name}: ` : ""}${known ? percent(rate) : data.words.unknown} % (${known ? percent(lower) : data.words.unknown}–${known ? percent(upper) : data.words.unknown}), ${data.words.at_risk} ${risk}`;
  };

  const show = () => {
    const months = Number(slider.value);
    const head = `${months.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} ${data.words.months}`;
    output.replaceChildren(...[head, ...data.curves.map((curve) => line(curve, months * data.days_per_month))].map((text) => {
      const row = document.createElement("span");
      row.textContent = text;
      return row;
    }));
  };

  const figure = box.closest("section").querySelector("figure");
  figure.addEventListener("pointermove", (event) => {
    const svg = event.target.closest("svg");
    if (!svg || !svg.dataset.plotRight) return;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const left = Number(svg.dataset.plotLeft);
    const share = (point.x - left) / (Number(svg.dataset.plotRight) - left);
    if (share < 0 || share > 1) return;
    slider.value = (share * Number(svg.dataset.plotDays)) / data.days_per_month;
    show();
  });
  slider.addEventListener("input", show);
  show();
})();
