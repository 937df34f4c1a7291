/* What was counted is not lost when the service does not answer: before the form goes, it is asked whether it is there. */
const form = document.querySelector("[data-stays]");
const told = form.querySelector("[data-no-answer]");
const PATIENCE = 8000;
let answers = false;

async function asks() {
  try {
    return (await fetch(form.dataset.stays, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).ok;
  } catch {
    return false;
  }
}

let asking = false;
form.addEventListener("submit", async (event) => {
  if (answers) return;
  event.preventDefault();
  event.stopPropagation(); // nothing was sent yet: the button stays free
  if (asking) return;
  asking = true;
  answers = await asks();
  asking = false;
  told.hidden = answers;
  if (answers) form.requestSubmit(event.submitter);
  else told.scrollIntoView({ block: "center" });
});
window.addEventListener("pageshow", () => {
  answers = false;
});
