// Search boxes of the office. What is found is shown while somebody types, and arrow keys go from result to result;
// Enter in the box, and everything without this script, leads to the page of the search.

const TYPING_MS = 180;
const LINKS = "a[data-found], button[data-found]";

const begin = (box) => {
  const form = box.form;
  const place = box.dataset.lookup ? document.getElementById(box.dataset.lookup) : palette(form, box);
  const count = box.dataset.lookup ? document.querySelector("[data-lookup-count]") : place.count;
  const target = box.dataset.lookup ? place : place.results;
  let timer;
  let asking;
  let shown = box.value.trim();

  const show = async () => {
    const typed = box.value.trim();
    asking?.abort();
    if (typed === shown) return;
    if (!typed) {
      shown = typed;
      target.replaceChildren();
      count.textContent = "";
      if (place.close) place.close();
      return;
    }
    asking = new AbortController();
    const address = new URL(form.action);
    address.search = new URLSearchParams({q: typed, part: "results"});
    try {
      const answer = await fetch(address, {signal: asking.signal, redirect: "error"});
      if (!answer.ok) return;
      target.innerHTML = await answer.text();
      shown = typed;
      count.textContent = target.querySelector("[data-count]")?.textContent ?? "";
      if (place.open) place.open();
    } catch {
      // Overtaken by the next letter, or out of reach: Enter asks again.
    }
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, TYPING_MS);
  });

  const move = (event) => {
    if (event.key === "Escape" && place.close && place.isOpen()) {
      event.preventDefault();
      event.stopPropagation();
      // Coming to the box opens it.
      box.focus();
      place.close();
      return;
    }
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!step) return;
    const links = [...target.querySelectorAll(LINKS)];
    if (!links.length || (place.isOpen && !place.isOpen())) return;
    event.preventDefault();
    const next = links.indexOf(document.activeElement) + step;
    if (next < 0) box.focus();
    else links[Math.min(next, links.length - 1)].focus();
  };
  box.addEventListener("keydown", move);
  target.addEventListener("keydown", move);
};

// What opens below a box in the frame of a page: beside the form, as it may hold one of its own, and where the script
// says, as the side scrolls.
const palette = (form, box) => {
  const results = document.createElement("div");
  results.className = "palette";
  results.hidden = true;
  results.setAttribute("role", "group");
  results.setAttribute("aria-label", "Found while you type");
  const count = document.createElement("p");
  count.className = "visually-hidden";
  count.setAttribute("role", "status");
  form.after(results, count);

  const isOpen = () => !results.hidden;
  const close = () => {
    results.hidden = true;
  };
  const open = () => {
    if (!box.getClientRects().length || box.closest("details:not([open])")) return;
    const {left, bottom} = box.getBoundingClientRect();
    results.style.left = `${left}px`;
    results.style.top = `${bottom + 6}px`;
    results.style.maxHeight = `${Math.max(innerHeight - bottom - 22, 160)}px`;
    results.hidden = false;
  };
  const isOurs = (element) => form.contains(element) || results.contains(element);
  document.addEventListener("pointerdown", ({target}) => {
    if (!isOurs(target)) close();
  });
  document.addEventListener("focusin", ({target}) => {
    if (!isOurs(target)) close();
  });
  box.addEventListener("focus", () => {
    if (results.childElementCount && box.value.trim()) open();
  });
  return {results, count, open, close, isOpen};
};

for (const box of document.querySelectorAll("[data-search-everything], [data-lookup]")) begin(box);
