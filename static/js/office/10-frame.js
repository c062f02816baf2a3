// Ctrl K leads to the search from anywhere; open menus close on Escape, which gives the focus back, and on a press
// outside.
const menus = document.querySelectorAll("details.office-menu, details.person-menu, details.more");

document.addEventListener("keydown", (event) => {
  if (event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    const boxes = [...document.querySelectorAll("[data-search-everything]")];
    let box = boxes.find((one) => one.getClientRects().length && !one.closest("details:not([open])"));
    if (!box) {
      box = boxes.find((one) => one.closest("details.office-menu"));
      if (box) box.closest("details").open = true;
    }
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("pointerdown", (event) => {
  for (const menu of menus) {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  }
});

// The navigation is longer than most screens: where one is stays in sight.
document.querySelector(".side [aria-current]")?.scrollIntoView({block: "nearest"});

// Whoever opens the small form for a note came to write one.
for (const form of document.querySelectorAll("details.add-note")) {
  form.addEventListener("toggle", () => {
    if (form.open) form.querySelector("textarea").focus();
  });
}
