/* Covers a page that nobody touched for a while: the server asks for the PIN then. */

const { lock: where, lockAfter: seconds } = document.body.dataset;
const ask = () => location.replace(`${where}?next=${encodeURIComponent(location.pathname)}`);
let timer;

function rest() {
  clearTimeout(timer);
  timer = setTimeout(ask, (Number(seconds) + 2) * 1000);
}

for (const touch of ["pointerdown", "keydown", "scroll", "pageshow"]) addEventListener(touch, rest, { passive: true });
rest();

/* A phone that slept runs no timer: look at the clock when it wakes. */
let left = Date.now();
document.addEventListener("visibilitychange", () => {
  if (document.hidden) left = Date.now();
  else if (Date.now() - left > Number(seconds) * 1000) ask();
});
