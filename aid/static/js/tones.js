/* What is heard and felt at the table: two rising notes for green, two low ones for red. Off where somebody said so. */

const KEPT = "komek.sound"; /* of this device alone */
const NOTES = { yes: [[660, 0, 0.12], [990, 0.13, 0.2]], no: [[220, 0, 0.22], [165, 0.27, 0.4]] };
const SHAKES = { yes: [70], no: [220, 110, 220] };
const SOFT = 0.25;
const PATIENCE = 400; /* ms: a sound that the browser holds back is better not heard than heard late */

export function isOn() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

function keep(on) {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    /* then it is asked again on the next page */
  }
}

function note(context, [pitch, start, length]) {
  const [voice, volume] = [context.createOscillator(), context.createGain()];
  const from = context.currentTime + start;
  voice.type = "triangle";
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(SOFT, from + 0.015);
  volume.gain.linearRampToValueAtTime(0, from + length);
  voice.connect(volume).connect(context.destination);
  voice.start(from);
  voice.stop(from + length);
}

/* Browsers let a page shake a phone only after somebody touched it, and write an error otherwise. */
export function shake(how) {
  if (isOn() && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(how);
}

/* Browsers let a page sound only after somebody touched it, or the page that led to it. */
export async function sound(answer) {
  if (!isOn()) return;
  shake(SHAKES[answer]);
  if (!globalThis.AudioContext) return;
  const context = new AudioContext();
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  await Promise.race([context.resume().catch(() => {}), late]);
  if (context.state === "running") NOTES[answer].forEach((one) => note(context, one));
  setTimeout(() => context.close(), 1500);
}

for (const box of document.querySelectorAll("[data-tones-off]")) {
  box.checked = isOn();
  box.closest("[hidden]").hidden = false;
  box.addEventListener("change", () => {
    keep(box.checked);
    if (box.checked) sound("yes");
  });
}

const { classList } = document.body;
if (classList.contains("answer-yes")) sound("yes");
if (classList.contains("answer-no")) sound("no");
