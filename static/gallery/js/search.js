// Start the search as soon as a picture is chosen, dropped or pasted.
(() => {
  "use strict";
  const form = document.getElementById("search");
  const input = form.elements.file;
  const says = document.getElementById("query-says");

  const megabytes = (bytes) => textOf("megabytes", { number: Math.ceil(10 * bytes / 1024 / 1024) / 10 });

  function look(file) {
    const limit = Number(form.dataset.maxBytes);
    if (file.size > limit) {
      says.textContent = textOf("too-large", { size: megabytes(file.size), limit: megabytes(limit) });
      return;
    }
    const picture = document.createElement("img");
    picture.alt = textOf("your-picture");
    picture.src = URL.createObjectURL(file);
    document.getElementById("query-picture").replaceChildren(picture);
    says.textContent = textOf("searching");
    form.submit();
  }

  function take(files) {
    const file = files?.[0];
    if (!file) return false;
    const carrier = new DataTransfer();
    carrier.items.add(file);
    input.files = carrier.files;
    look(file);
    return true;
  }

  let depth = 0;
  const over = (step) => {
    depth = Math.max(0, step ? depth + step : 0);
    document.body.classList.toggle("over", depth > 0);
  };

  input.addEventListener("change", () => input.files[0] && look(input.files[0]));
  document.addEventListener("dragenter", (event) => { event.preventDefault(); over(1); });
  document.addEventListener("dragleave", () => over(-1));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    over(0);
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    if (take(event.clipboardData?.files)) event.preventDefault();
  });

  document.getElementById("results-heading")?.scrollIntoView({ block: "nearest" });
})();
