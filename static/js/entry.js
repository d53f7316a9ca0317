// Entry pages: hides questions that do not apply, guards unsaved work, sends a form once.
"use strict";

(() => {
  const form = () => document.querySelector("form[data-entry]");
  let unsaved = false;
  let leaving = false;

  const answer = (name) => {
    const inputs = form().querySelectorAll(`[name="${CSS.escape(name)}"]`);
    for (const input of inputs) {
      if (input.type === "radio" || input.type === "checkbox") {
        if (input.checked) return input.value;
      } else {
        return input.value.trim();
      }
    }
    return "";
  };

  const holds = (data) => {
    const value = answer(data.when);
    if (data.unless !== undefined) return !data.unless.split(" ").includes(value);
    if (data.above !== undefined) return Number(value.replace(",", ".")) > Number(data.above);
    if (data.is !== undefined) return data.is.split(" ").includes(value);
    return value !== "";
  };

  const showWhatApplies = () => {
    for (const part of form().querySelectorAll("[data-when]")) part.hidden = !holds(part.dataset);
  };

  const start = () => {
    if (!form()) return;
    showWhatApplies();
    if (form().hasAttribute("data-typed")) unsaved = true;
    const problem = document.querySelector("#problems, .field-error input, .field-error select");
    if (problem && problem.id === "problems") problem.focus();
  };

  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (form() && event.detail.target.id === "entry") start();
  });
  document.addEventListener("input", (event) => {
    if (event.target.form !== form()) return;
    unsaved = true;
    showWhatApplies();
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    if (leaving) event.preventDefault();
    leaving = true;
  });
  // A form that is being saved asks for no figures any more: they would only keep it as a draft.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (leaving && event.detail.elt === form()) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved && !leaving) event.preventDefault();
  });
  // Ctrl+Enter saves from any field.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form()) {
      event.preventDefault();
      form().requestSubmit(form().querySelector("button.primary"));
    }
  });
  const say = (text) => {
    const state = document.getElementById("save-state");
    if (state) state.textContent = text;
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!form() || event.detail.elt !== form()) return;
    const words = form().dataset;
    const status = event.detail.xhr.status;
    if (event.detail.successful) say(words.kept);
    else say(status === 401 || status === 403 ? words.signedOut : words.notKept);
  });
})();
