// A photo of a master part is sent as soon as it is taken.
"use strict";
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-show]");
  if (form && event.target.files?.length) form.requestSubmit();
});
