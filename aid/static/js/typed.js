/* A long form is not lost by a touch on a link or a language: the browser asks first. Whoever flees is never asked. */

const FLEEING = "a[href='/colleagues'], a[href='/lock'], [formaction='/sign-out']";
let typed = false;
document.addEventListener("input", (event) => {
  if (event.target.closest("[data-once]")) typed = true;
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-once]")) typed = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest(FLEEING)) typed = false;
}, true);
window.addEventListener("beforeunload", (event) => {
  if (typed) event.preventDefault();
});
