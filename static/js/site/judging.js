/**
 * Once something was wrong with a form, leaving a field that was changed has the server judge it again: what is mended
 * stops being called wrong. The rules are the server's alone, it keeps nothing of this, and before the first submit
 * nobody is told off.
 */

const DESCRIBING = ["aria-describedby", "aria-invalid"];
/** @type {AbortController | undefined} */
let judging;

/**
 * What is said of a field now. The one that has the focus is left alone, and nothing new is said of those after it, to
 * which nobody has come yet.
 *
 * @param {Element} field @param {Document} page @param {Element} here
 */
function tell(field, page, here) {
  const id = field.querySelector("input, select, textarea")?.id;
  const twin = id ? page.getElementById(id)?.closest(".field") : null;
  if (!twin || field.contains(document.activeElement)) return;
  const before = field.querySelector(":scope > .error");
  const now = twin.querySelector(":scope > .error");
  if (before?.textContent === now?.textContent) return;
  if (!before && here.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING) return;
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

/** @param {HTMLFormElement} form @param {Element} changed the field that was left */
async function judge(form, changed) {
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
  const here = form.querySelector(":focus") ?? changed;
  // What is looked at stays where it is, whatever comes or goes above it. Safari sees to that never, Firefox not always.
  document.documentElement.style.setProperty("overflow-anchor", "none");
  const before = here.getBoundingClientRect().top;
  for (const field of form.querySelectorAll(".field")) tell(field, page, here);
  const unsaid = problems.filter(({hash}) => document.getElementById(hash.slice(1))?.closest(".field:not(.field-error)"));
  for (const link of unsaid) link.closest("li")?.remove();
  const isWrong = problems.length > unsaid.length;
  summarise(form, isWrong ? summary : null);
  document.title = isWrong ? page.title : page.title.replace(/^Error: /, "");
  scrollBy(0, here.getBoundingClientRect().top - before);
}

document.addEventListener("change", ({target}) => {
  if (!(target instanceof Element)) return;
  const form = target.closest("form");
  // Without an answer all stays as it is; the next submit is judged anyway.
  if (form?.matches("[data-judged]")) judge(form, target).catch(() => undefined);
});

// What was asked about the page before says nothing of the one in its place.
document.addEventListener("in-place", () => judging?.abort());
