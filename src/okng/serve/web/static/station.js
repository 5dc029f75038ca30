// What every page needs: errors as a message, keys that press buttons, pages that work offline.
"use strict";
(() => {
  const messages = document.getElementById("messages");

  function show(text) {
    const line = document.createElement("div");
    line.className = "banner stop";
    const words = document.createElement("span");
    words.textContent = text;
    line.append(words);
    messages.replaceChildren(line);
    setTimeout(() => line.remove(), 12000);
  }

  // RFC 9457: what happened, and what to do about it.
  function sentence(body) {
    try {
      const problem = JSON.parse(body);
      return [problem.detail || problem.title, problem.hint].filter(Boolean).join(" ");
    } catch {
      return messages.dataset.failed;
    }
  }

  // For browsers that state neither origin nor site: the token shows that the form is one of ours.
  const token = document.querySelector("meta[name=form-token]")?.content;
  document.addEventListener("htmx:config:request", (event) => {
    if (token) event.detail.ctx.request.headers["x-okng-form-token"] = token;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!token || form.method !== "post" || form.elements.form_token) return;
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "form_token", value: token });
    form.append(field);
  }, { capture: true });

  document.addEventListener("htmx:response:error", (event) => {
    const { response, text } = event.detail.ctx;
    if (response.status === 401) location.assign("/login");
    else show(sentence(text));
  });
  document.addEventListener("htmx:error", () => show(messages.dataset.failed));
  document.addEventListener("station:message", (event) => show(event.detail));

  const FIELDS = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select";

  // <... data-key="a">: the key does what a click does, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    if (event.target.closest(FIELDS) || event.ctrlKey || event.metaKey || event.altKey) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const wanted = document.querySelector(`[data-key="${CSS.escape(name)}"]:not(:disabled)`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches(FIELDS)) wanted.focus();
    else wanted.click();
  });

  // A heatmap needs the model that decided: where that is not loaded any more, the photo is enough.
  document.addEventListener("error", (event) => {
    if (event.target.matches?.("[data-heat]")) event.target.hidden = true;
  }, { capture: true });

  // <form data-once>: a second press of an impatient finger is not a second request.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-once]")) {
      for (const button of event.target.querySelectorAll("button")) button.disabled = true;
    }
  });
})();
