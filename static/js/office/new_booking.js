// Booking for a customer: who may be meant is shown while somebody types, and the words to say follow the choice. The
// form is posted as it stands, so no name is ever part of an address.

const TYPING_MS = 250;
const WHO = new Set(["email", "phone", "first_name", "last_name"]);
const WHAT = new Set(["session", "places", "purpose"]);

const desk = document.getElementById("new-booking");

if (desk) {
  const asked = new Map();
  const timers = new Map();

  const refresh = async (name) => {
    asked.get(name)?.abort();
    const controller = new AbortController();
    asked.set(name, controller);
    const body = new FormData(desk);
    body.set("part", name);
    try {
      const answer = await fetch(desk.action, {method: "POST", body, signal: controller.signal, redirect: "error"});
      if (answer.ok) document.querySelector(`[data-part="${name}"]`).innerHTML = await answer.text();
    } catch {
      // Overtaken by the next letter, or out of reach: the buttons do the same.
    }
  };
  const soon = (name) => {
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(() => refresh(name), TYPING_MS));
  };
  desk.addEventListener("input", ({target}) => {
    if (WHO.has(target.name)) soon("people");
    if (WHAT.has(target.name)) soon("words");
    if (target.name === "session") soon("again");
  });

  const sessions = document.getElementById("id_session");
  const groups = [...sessions.querySelectorAll("optgroup")];
  const courses = document.getElementById("id_course");
  const narrow = () => {
    for (const group of groups) {
      if (!courses.value || group.dataset.course === courses.value) sessions.append(group);
      else group.remove();
    }
  };
  // Where the list came narrowed or cut already, only the server has the rest.
  if (!courses.value && !desk.querySelector("[data-cut]")) {
    courses.addEventListener("input", narrow);
    courses.parentElement.querySelector("button").hidden = true;
  }
}
