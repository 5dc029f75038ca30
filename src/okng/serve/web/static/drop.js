// A photo by drag and drop, from the clipboard, or chosen: it is sent as soon as it is there.
"use strict";
(() => {
  const form = document.getElementById("drop"), input = document.getElementById("photo");
  const zone = form.querySelector(".dropzone"), chosen = form.querySelector("[data-chosen]");

  function take(files) {
    if (!files.length) return;
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  input.addEventListener("change", () => {
    if (!input.files.length) return;
    chosen.textContent = input.files[0].name;
    form.requestSubmit();
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => take(event.clipboardData.files));
})();
