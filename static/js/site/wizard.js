// The steps of booking: names are echoed as they are typed, what is hidden is not sent, and places that are soon given
// back are spoken of once, in time to ask for more.

const WARNING_SECONDS = 4 * 60;

document.addEventListener("input", ({target}) => {
  if (!(target instanceof HTMLInputElement) || !target.id) return;
  /** @type {NodeListOf<HTMLElement>} */
  const echoes = document.querySelectorAll(`[data-echo~="${CSS.escape(target.id)}"]`);
  for (const echo of echoes) {
    const inputs = (echo.dataset.echo ?? "").split(" ").map((id) => document.getElementById(id));
    const typed = inputs.map((input) => (input instanceof HTMLInputElement ? input.value.trim() : "")).join(" ").trim();
    echo.textContent = typed || echo.dataset.else || "";
  }
});

document.addEventListener("submit", ({target}) => {
  if (!(target instanceof HTMLFormElement)) return;
  for (const box of target.querySelectorAll(".revealed")) {
    if (box.getClientRects().length) continue;
    /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */
    const inputs = box.querySelectorAll("input, textarea");
    for (const input of inputs) input.disabled = true;
  }
});

// Back to a page as it was left: what was not sent is there to be typed in again.
addEventListener("pageshow", () => {
  /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */
  const unsent = document.querySelectorAll(".revealed :disabled");
  for (const input of unsent) input.disabled = false;
});

/** @type {ReturnType<typeof setTimeout> | undefined} */
let warning;

/** For the page that is shown now. */
function warnInTime() {
  clearTimeout(warning);
  /** @type {HTMLElement | null} */
  const ending = document.querySelector("[data-hold-ends]");
  const banner = ending?.querySelector("template");
  if (!ending || !banner) return;
  const left = Number(ending.dataset.holdEnds) * 1000 - Date.now();
  const warn = () => ending.append(banner.content.cloneNode(true));
  if (left > 0) warning = setTimeout(warn, Math.max(left - WARNING_SECONDS * 1000, 0));
}

warnInTime();
document.addEventListener("in-place", warnInTime);
