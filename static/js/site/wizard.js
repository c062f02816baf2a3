// The steps of booking: names are echoed as they are typed, what is hidden is not sent, and places that are soon given
// back are spoken of once, in time to ask for more.

const WARNING_SECONDS = 4 * 60;

for (const echo of document.querySelectorAll("[data-echo]")) {
  const inputs = echo.dataset.echo.split(" ").map((id) => document.getElementById(id));
  const show = () => {
    const typed = inputs.map((input) => input.value.trim()).join(" ").trim();
    echo.textContent = typed || echo.dataset.else || "";
  };
  for (const input of inputs) input.addEventListener("input", show);
}

document.addEventListener("submit", (event) => {
  for (const box of event.target.querySelectorAll(".revealed")) {
    if (box.checkVisibility()) continue;
    for (const input of box.querySelectorAll("input, textarea")) input.disabled = true;
  }
});

// Back to a page as it was left: what was not sent is there to be typed in again.
addEventListener("pageshow", () => {
  for (const input of document.querySelectorAll(".revealed :disabled")) input.disabled = false;
});

const ending = document.querySelector("[data-hold-ends]");
if (ending) {
  const warn = () => ending.append(ending.querySelector("template").content.cloneNode(true));
  const left = Number(ending.dataset.holdEnds) * 1000 - Date.now();
  if (left > 0) setTimeout(warn, Math.max(left - WARNING_SECONDS * 1000, 0));
}
