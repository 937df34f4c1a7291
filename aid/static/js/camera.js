/* Reads a voucher with the camera: what stands in its square goes into the field, and the form is sent as if typed. */

import { isVoucher, put } from "./codes.js";
import { squares } from "./squares.js";
import { shake } from "./tones.js";

const KEPT = "komek.camera"; /* which camera this device used last */
const LAST = "komek.last"; /* a mark of the voucher read last: 12 bits of its 46, by which nobody finds it */
const MARKS = 4093n;
const REMEMBERED = 60_000;
const PAUSE = 60; /* ms between two pictures */
const TELLS = 2500; /* ms that a word stays after what it tells of is gone */
const IDLE = 120_000; /* nobody reads for two minutes with a camera on */
const STUCK = 8000;
const AGAIN = 500; /* ms after which a camera is asked once more that another page has just let go */

const view = document.querySelector("[data-camera-window]");
const part = (name) => view.querySelector(`[data-camera-${name}]`);
const words = Object.fromEntries([...view.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
const [video, says, torch, chosen, again, retry] = ["video", "says", "torch", "chosen", "again", "retry"].map(part);

let stream, read, turn = 0, idle, told = 0, isForced = false;

function say(word) {
  told = Date.now();
  view.dataset.state = word;
  if (says.textContent !== words[word]) says.textContent = words[word];
}

const kept = (store, name) => {
  try {
    return store.getItem(name);
  } catch {
    return null;
  }
};
const keep = (store, name, value) => {
  try {
    store.setItem(name, value);
  } catch {
    /* then it is not remembered */
  }
};

/* ── The camera ── */

const WISHES = { width: { ideal: 1280 }, height: { ideal: 720 } };
const REFUSED = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", NotReadableError: "busy", AbortError: "busy" };
const AWAY = ["NotFoundError", "NotReadableError", "AbortError"];

async function opened(wanted, isFirst = true) {
  const which = wanted ? { deviceId: { exact: wanted } } : { facingMode: { ideal: "environment" } };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...WISHES, ...which } });
  } catch (failure) {
    const isGone = wanted && ["OverconstrainedError", "NotFoundError"].includes(failure.name);
    if (isGone) return opened("");
    if (!isFirst || !AWAY.includes(failure.name)) throw failure;
    await new Promise((done) => setTimeout(done, AGAIN));
    return opened(wanted, false);
  }
}

function stop(word) {
  turn += 1;
  clearTimeout(idle);
  stream?.getTracks().forEach((track) => track.stop());
  stream = video.srcObject = null;
  torch.hidden = true;
  if (word) say(word);
  retry.hidden = !word;
}

async function start() {
  stop();
  again.hidden = true;
  const mine = turn;
  if (!navigator.mediaDevices?.getUserMedia) return stop("missing");
  say("starts");
  try {
    const [given, reader] = await Promise.all([opened(kept(localStorage, KEPT)), (read ??= squares())]);
    if (mine !== turn) return given.getTracks().forEach((track) => track.stop());
    stream = given;
    stream.getVideoTracks()[0].addEventListener("ended", () => mine === turn && stop("stopped"));
    video.srcObject = stream;
    await video.play();
    idle = setTimeout(() => stop("stopped"), IDLE);
    say("aim");
    await Promise.all([offerTorch(stream.getVideoTracks()[0]), offerCameras()]);
    await look(reader, mine);
  } catch (failure) {
    if (mine === turn) stop(REFUSED[failure.name] ?? "broken");
  }
}

async function offerTorch(track) {
  const able = track.getCapabilities?.() ?? {};
  if (able.focusMode?.includes("continuous")) await track.applyConstraints({ advanced: [{ focusMode: "continuous" }] }).catch(() => {});
  torch.hidden = !able.torch;
  torch.setAttribute("aria-pressed", "false");
}

async function offerCameras() {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
  const now = stream?.getVideoTracks()[0].getSettings().deviceId;
  chosen.replaceChildren(...cameras.map((one, place) => new Option(one.label || `${words.camera} ${place + 1}`, one.deviceId, false, one.deviceId === now)));
  chosen.parentElement.hidden = cameras.length < 2;
}

/* ── What it sees ── */

async function look(reader, mine) {
  while (mine === turn) {
    const texts = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await reader(video) : [];
    if (mine === turn) judge([...new Set(texts.map((text) => text.trim()))]);
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

function judge(seen) {
  const good = seen.filter(isVoucher);
  if (good.length > 1) say("several");
  else if (good.length === 1) found(good[0]);
  else if (seen.some((text) => /^\d{9}$/.test(text))) say("family");
  else if (seen.length) say("other");
  else if (Date.now() - told > TELLS && view.dataset.state !== "aim") calm();
}

function calm() {
  again.hidden = true;
  say("aim");
}

const markOf = (code) => `${BigInt(code) % MARKS}`;

function wasRead(code) {
  const [mark, at] = (kept(sessionStorage, LAST) ?? "").split("@");
  const isLate = Date.now() - Number(at) > REMEMBERED;
  if (mark && isLate) sessionStorage.removeItem(LAST);
  return mark === markOf(code) && !isLate;
}

function found(code) {
  if (wasRead(code) && !isForced) {
    again.hidden = false;
    return say("twice");
  }
  turn += 1; /* it is read once: nothing more is looked at */
  clearTimeout(idle);
  keep(sessionStorage, LAST, `${markOf(code)}@${Date.now()}`);
  isForced = false;
  video.pause();
  again.hidden = true;
  say("read");
  shake(40);
  put(code);
  setTimeout(() => view.open && !document.hidden && start(), STUCK);
}

/* ── What one presses ── */

const shut = () => view.close();
part("close").addEventListener("click", shut);
view.addEventListener("close", () => stop());
retry.addEventListener("click", () => start());
again.addEventListener("click", () => (isForced = true));
chosen.addEventListener("change", () => {
  keep(localStorage, KEPT, chosen.value);
  start();
});
torch.addEventListener("click", async () => {
  const on = torch.getAttribute("aria-pressed") !== "true";
  try {
    await stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
    torch.setAttribute("aria-pressed", String(on));
  } catch {
    torch.hidden = true;
  }
});
document.addEventListener("visibilitychange", () => {
  if (!view.open) return;
  if (document.hidden) stop("stopped");
  else start();
});
window.addEventListener("pagehide", () => {
  stop();
  view.close();
});

export function open() {
  if (!view.open) view.showModal();
  return start();
}
