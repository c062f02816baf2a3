/**
 * Pages that change in place. A form, button or link with `data-in-place` leads to the page it leads to without a
 * script, which takes the place of the one that is shown: `main` and the title are exchanged, the address follows, and
 * nothing jumps. The focus stays on what was pressed, or goes to the `data-spot` the button names; what is new in a
 * `data-announce` is read out. Another page than this is left to the browser. What was sent and not answered is never
 * sent again by itself: the page stays as it is and says so.
 *
 * @typedef {{address: string, from?: Element, body?: URLSearchParams, spot?: string, adds?: boolean, fail: () => void}} Turn
 *   where to; what was pressed; with what; the id that gets the focus; whether Back leads here again; what to do without
 *   an answer
 */

/** Told to the document when `main` is another one. */
const CHANGED = "in-place";

const news = document.createElement("div");
news.className = "visually-hidden";
news.setAttribute("role", "status");
document.body.append(news);

/** The page that is shown, without the spot on it. */
let shown = location.pathname + location.search;
/** @type {AbortController | undefined} */
let asking;
let isSending = false;
/** What was pressed while an answer was under way; pressed again on the new page. @type {string[]} */
const pressed = [];

/** Finds the same thing on the page that comes next; "" for what can't be told apart. @param {Element | null} element */
function selectorOf(element) {
  if (!element || element === document.body) return "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  const names = ["name", "value", "href"].filter((name) => element.hasAttribute(name));
  return names.length ? element.localName + names.map((name) => `[${name}="${CSS.escape(element.getAttribute(name) ?? "")}"]`).join("") : "";
}

/** @param {string} selector @returns {HTMLElement | null} */
function find(selector) {
  if (!selector) return null;
  /** @type {NodeListOf<HTMLElement>} */
  const all = document.querySelectorAll(`main ${selector}`);
  return [...all].find((one) => one.getClientRects().length) ?? null;
}

/** @param {Element} main @returns {HTMLDetailsElement[]} */
function disclosures(main) {
  return [...main.querySelectorAll("details")];
}

/** What is worth hearing. @param {Element} main */
function words(main) {
  return new Set([...main.querySelectorAll("[data-announce]")].map(({textContent}) => textContent.replace(/\s+/g, " ").trim()));
}

/** @param {Document} page @param {Element} [from] @param {string} [spot] */
function show(page, from, spot) {
  const main = document.querySelector("main");
  const next = page.querySelector("main");
  if (!main || !next) throw new Error("A page without main.");
  // Safari gives the focus to no button and no link that is pressed with a finger or a mouse.
  const pressedOrFocused = [document.activeElement, from ?? null].map(selectorOf);
  const heard = words(main);
  const open = disclosures(main).map((one) => one.open);
  document.title = page.title;
  main.className = next.className;
  main.replaceChildren(...next.childNodes);
  disclosures(main).forEach((one, index) => (one.open ||= open[index] ?? false));
  const target = main.querySelector("[autofocus]") ?? (spot && document.getElementById(spot));
  // Firefox leads the focus to a legend only once it has been laid out, which asking for its place sees to.
  if (target instanceof HTMLElement && target.getClientRects().length) target.focus();
  else (pressedOrFocused.map(find).find(Boolean) ?? main).focus({preventScroll: true});
  news.textContent = [...words(main)].filter((text) => !heard.has(text)).join(" ");
  document.dispatchEvent(new Event(CHANGED));
}

/** Nobody knows whether it arrived; what was typed is still here. @param {Element} near */
function regret(near) {
  document.querySelector("#no-answer")?.remove();
  const words = document.createElement("p");
  words.id = "no-answer";
  words.className = "error";
  words.setAttribute("role", "alert");
  words.textContent = "That didn’t work just now. Nothing you typed is lost: wait a moment, then press again.";
  (near.closest(".stepper") ?? near).before(words);
  pressed.length = 0;
}

/** @param {Turn} turn */
async function go({address, from, body, spot, adds, fail}) {
  asking?.abort();
  asking = new AbortController();
  const {signal} = asking;
  isSending = Boolean(body);
  try {
    const answer = await fetch(address, {method: body ? "POST" : "GET", body, signal});
    if (body && !answer.ok) throw new Error(`The answer was ${answer.status}.`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const url = new URL(answer.url);
    if (url.pathname !== location.pathname) {
      location.assign(answer.url);
      return;
    }
    shown = url.pathname + url.search;
    if (!body || answer.redirected) history[adds ? "pushState" : "replaceState"](null, "", shown + new URL(address).hash);
    show(page, from, spot);
  } catch {
    if (!signal.aborted) fail();
    return;
  } finally {
    if (!signal.aborted) isSending = false;
  }
  const next = pressed.shift();
  if (next) find(next)?.click();
}

// On the window, so that whoever prepares a form for sending has done so.
addEventListener("submit", (event) => {
  const {target: form, submitter} = event;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
  const button = submitter instanceof HTMLButtonElement ? submitter : null;
  if (!form.matches("[data-in-place]") && !button?.matches("[data-in-place]")) return;
  event.preventDefault();
  if (isSending) {
    pressed.push(selectorOf(button));
    return;
  }
  const address = new URL(button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
  const sends = form.method === "post";
  const typed = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (sends || value) typed.append(name, String(value));
  // Of a second argument older browsers take no notice, and the press would mean another one.
  if (button?.name) typed.append(button.name, button.value);
  if (sends) {
    void go({address: address.href, from: button ?? form, body: typed, spot: button?.dataset.spot, fail: () => regret(button ?? form)});
    return;
  }
  address.search = typed.toString();
  void go({address: address.href, from: button ?? form, adds: true, fail: () => location.assign(address)});
});

document.addEventListener("change", ({target}) => {
  const form = target instanceof HTMLSelectElement ? target.form : null;
  if (form?.matches("[data-in-place]")) form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-in-place]") : null;
  if (!(link instanceof HTMLAnchorElement) || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  void go({address: link.href, from: link, spot: link.dataset.spot, adds: true, fail: () => location.assign(link.href)});
});

addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) {
    void go({address: location.href, fail: () => location.reload()});
  } else if (!isSending) {
    // Back twice: what the first one asked for on the way to what is still shown is not wanted any more.
    asking?.abort();
  }
});
