/* Every page: what scripts add to pages that already work without them. */

for (const part of ["digits", "lock", "print", "reveal", "rows", "goes-on", "ticks", "table", "tones", "again", "pieces", "stays"]) {
  if (document.querySelector(`[data-${part}]`)) {
    import(`./${part}.js`);
  }
}

/* A form with a text, or with more than a few fields, is guarded while somebody types. */
const FEW = 4;
const fields = (form) => new Set([...form.elements].filter((one) => one.type !== "hidden" && one.name).map((one) => one.name));
const isLong = (form) => form.querySelector("textarea") || fields(form).size > FEW;
if ([...document.querySelectorAll("main form[data-once]")].some(isLong)) import("./typed.js");

document.querySelector("[data-focus]")?.focus();

/* The button that Enter presses, without going past what is to be looked at first. */
document.querySelector("[data-ready]")?.focus({ preventScroll: true });

/* A tap too many sends nothing twice; the form is free again after a while (a PDF leaves the page where it was). */
const BUSY = 6000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
  setTimeout(() => form.removeAttribute("aria-busy"), BUSY);
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[aria-busy]")) form.removeAttribute("aria-busy");
});

/* The menu closes on Escape and on a touch beside it. */
const menu = document.querySelector(".menu");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu?.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});
