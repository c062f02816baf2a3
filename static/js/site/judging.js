/**
 * Once something was wrong with a form, leaving a field that was changed has the server judge it again: what is mended
 * stops being called wrong. The rules are the server's alone, it keeps nothing of this, and before the first submit
 * nobody is told off.
 */

const DESCRIBING = ["aria-describedby", "aria-invalid"];
/** @type {AbortController | undefined} */
let judging;

/** What is said of a field now. The one that has the focus is left alone. @param {Element} field @param {Document} page */
function tell(field, page) {
  const id = field.querySelector("input, select, textarea")?.id;
  const twin = id ? page.getElementById(id)?.closest(".field") : null;
  if (!twin || field.contains(document.activeElement)) return;
  const before = field.querySelector(":scope > .error");
  const now = twin.querySelector(":scope > .error");
  if (before?.textContent === now?.textContent) return;
  field.className = twin.className;
  before?.remove();
  if (now) {
    const place = [...twin.children].indexOf(now);
    field.insertBefore(now, field.children[place] ?? null);
  }
  for (const input of field.querySelectorAll("[id]")) {
    const like = page.getElementById(input.id);
    for (const name of DESCRIBING) {
      const value = like?.getAttribute(name);
      if (value) input.setAttribute(name, value);
      else input.removeAttribute(name);
    }
  }
}

/** The list of what is wrong; gone when nothing is. @param {HTMLFormElement} form @param {Element | null} now */
function summarise(form, now) {
  const before = document.querySelector(".error-summary");
  if (before?.textContent === now?.textContent) return;
  now?.removeAttribute("autofocus");
  if (before && now) before.replaceChildren(...now.childNodes);
  else if (now) form.before(now);
  else before?.remove();
}

/** @param {HTMLFormElement} form */
async function judge(form) {
  judging?.abort();
  judging = new AbortController();
  const typed = new URLSearchParams();
  for (const [name, value] of new FormData(form)) typed.append(name, String(value));
  typed.append("check", "1");
  const answer = await fetch(form.action, {method: "POST", body: typed, signal: judging.signal});
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const summary = page.querySelector(".error-summary");
  /** @type {HTMLAnchorElement[]} */
  const problems = [...(summary?.querySelectorAll("a") ?? [])];
  // Another page, or a question that is not on this one: the next submit brings it.
  if (!page.getElementById(form.id) || problems.some(({hash}) => !document.getElementById(hash.slice(1)))) return;
  for (const field of form.querySelectorAll(".field")) tell(field, page);
  summarise(form, summary);
  document.title = page.title;
}

document.addEventListener("change", ({target}) => {
  const form = target instanceof Element ? target.closest("form") : null;
  // Without an answer all stays as it is; the next submit is judged anyway.
  if (form?.matches("[data-judged]")) judge(form).catch(() => undefined);
});
