/* The table: digits of a scanner go where they belong, wherever the keyboard stands; the camera opens when asked for. */

import { digitOf, digitsIn, field, isVoucher, put } from "./codes.js";
import { sound } from "./tones.js";

const FAST = 60; /* ms between two keys: nobody types like this, scanners do */
const SOME = 6; /* that many fast digits are no person's */
const SURE = 12; /* and that many are a scanner's in any field */
const SETTLED = 150;
const TAB = 300;

let burst = "", last = 0, began, isScan = false, timer;

const isText = (part) => part.matches?.("input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea");

/* A whole scan: into the field for vouchers; where an answer waits for a decision it is told, and nothing is done. */
function arrived() {
  clearTimeout(timer);
  const code = burst;
  burst = "";
  isScan = false;
  if (field()) return put(code);
  const held = document.querySelector("[data-table-held]");
  if (held && code.length >= SURE) {
    held.hidden = false;
    held.scrollIntoView({ block: "nearest" });
    sound("no");
  }
}

function follow(event, digit) {
  if (!burst) began = { part: event.target, text: event.target.value };
  burst += digit;
  const isLost = !isText(event.target) || burst.length >= SURE;
  if (!isLost) return;
  if (isText(event.target) && !isScan) began.part.value = began.text; /* it was not meant for this field */
  isScan = true;
  event.preventDefault();
  timer = setTimeout(() => burst.length >= SURE && arrived(), SETTLED);
}

/* The field's own scans are written by the browser; a scanner that ends with Tab sends the form, too. */
function inField(event, isFast) {
  if (event.key !== "Tab" || event.shiftKey || !isFast || !isVoucher(digitsIn(event.target.value))) return;
  const code = digitsIn(event.target.value);
  timer = setTimeout(() => put(code), TAB);
}

document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    const isFast = event.timeStamp - last < FAST;
    clearTimeout(timer);
    last = event.timeStamp;
    if (event.target === field()) return inField(event, isFast);
    if (!isFast) [burst, isScan] = ["", false];
    const digit = digitOf(event);
    if (digit) return follow(event, digit);
    if (!burst || event.key.length === 1 || event.key === "Shift") return;
    const isEnd = event.key === "Enter" || event.key === "Tab";
    if (isEnd && isScan) {
      event.preventDefault(); /* it would press the button that has the focus */
      if (burst.length >= SOME) return arrived();
    }
    burst = "";
  },
  { capture: true },
);
document.addEventListener("pointerdown", () => clearTimeout(timer));

/* An answer that waits for a decision: here scans are known, so Enter may hand out, and the keyboard stands where it is
   needed. Without scripts neither holds. */
const answer = document.querySelector("[data-table-answer]");
if (answer) {
  answer.querySelector("[data-table-idle]").remove();
  const chosen = answer.querySelector("[name=collector]:checked") && answer.querySelector("button[type=submit]");
  if (!document.querySelector(".errors")) (chosen ?? answer.querySelector("[name=collector]"))?.focus();
}

/* ── The camera ── */

const opens = document.querySelector("[data-table-camera]");
const camera = async () => (await import("./camera.js")).open();
if (opens) {
  opens.hidden = false;
  opens.addEventListener("click", camera);
  const isAsked = new URLSearchParams(location.search).get("by") === "camera";
  if (isAsked && !document.querySelector(".errors")) camera();
}
for (const link of document.querySelectorAll("[data-table-link]")) link.hidden = false;
