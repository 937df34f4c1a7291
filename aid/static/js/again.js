/* Figures that change while one looks: this part of the page is fetched anew, as long as somebody can see it. */

const part = document.querySelector("[data-again]");
const often = Number(part.dataset.againSeconds) * 1000;

async function look() {
  if (document.hidden || !part.isConnected) return;
  try {
    const answer = await fetch(part.dataset.again, { headers: { Accept: "text/html" }, cache: "no-store" });
    const text = await answer.text();
    if (answer.redirected || !text.includes("data-again-at")) location.reload(); // signed out, locked, or cancelled
    else part.innerHTML = text;
  } catch {
    /* No network: what stands there says of when it is. */
  }
}

setInterval(look, often);
document.addEventListener("visibilitychange", look);
