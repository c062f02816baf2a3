// Disclosures close on Escape, and the focus that was in one goes back to what opened it. A menu, which lies over the
// page, also closes on a press outside; a basket stands in the page, where closing it would move away what is pressed.
const MENUS = "details.site-menu[open]";
const FOLDS = `${MENUS}, details.basket-fold[open]`;

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const {activeElement, body} = document;
  for (const fold of document.querySelectorAll(FOLDS)) {
    fold.removeAttribute("open");
    if (activeElement === body || fold.contains(activeElement)) fold.querySelector("summary")?.focus();
  }
});

document.addEventListener("pointerdown", ({target}) => {
  for (const menu of document.querySelectorAll(MENUS)) {
    if (target instanceof Node && !menu.contains(target)) menu.removeAttribute("open");
  }
});
