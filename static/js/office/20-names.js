// What Django's widgets forget: a field that looks something up is called as its label says, and the picture before the
// filter of two lists is a picture.
function nameLookup(container) {
  const label = container.previousElementSibling?.labels?.[0];
  if (!label) return;
  label.id ||= `label-of-${label.htmlFor}`;
  for (const part of container.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
    const chosen = part.getAttribute("aria-labelledby");
    if (chosen?.startsWith(label.id)) continue;
    part.setAttribute("aria-labelledby", [label.id, chosen].filter(Boolean).join(" "));
  }
}

function nameAll() {
  document.querySelectorAll(".select2-container").forEach(nameLookup);
  for (const picture of document.querySelectorAll(".search-label-icon")) picture.setAttribute("role", "img");
}

if (document.querySelector(".change-form")) {
  new MutationObserver(nameAll).observe(document.body, {childList: true, subtree: true});
  nameAll();
}
