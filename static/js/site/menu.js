// Open disclosures of the head close on Escape, which gives the focus back, and on a press outside.
/** @type {NodeListOf<HTMLDetailsElement>} */
const menus = document.querySelectorAll("details.site-menu");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

document.addEventListener("pointerdown", ({target}) => {
  for (const menu of menus) {
    if (menu.open && target instanceof Node && !menu.contains(target)) menu.open = false;
  }
});
