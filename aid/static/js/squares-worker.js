/* Reads squares off pictures beside the page, so that the page stays quick on a cheap phone. */

importScripts("../vendor/zxing_reader.js");

const HOW = { formats: ["QRCode"], tryHarder: true, tryRotate: false, tryInvert: false, maxNumberOfSymbols: 4 };
const locateFile = (name) => new URL(`../vendor/${name}`, self.location).href;
const ready = ZXingWASM.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });

/* In a dim room all is some dark grey: its darkest hundredth becomes black, its lightest white. */
function brighten(colours) {
  const counted = new Uint32Array(256);
  for (let at = 1; at < colours.length; at += 4) counted[colours[at]] += 1; /* by green, which cameras see best */
  const few = colours.length / 400;
  const end = (from, step) => {
    let shade = from;
    for (let sum = counted[shade]; sum < few; sum += counted[shade]) shade += step;
    return shade;
  };
  const [low, high] = [end(0, 1), end(255, -1)];
  if (high <= low) return;
  for (let at = 0; at < colours.length; at += 4) {
    colours[at] = colours[at + 1] = colours[at + 2] = ((colours[at + 1] - low) * 255) / (high - low);
  }
}

async function read({ pixels, width, height, isDim }) {
  await ready;
  const colours = new Uint8ClampedArray(pixels);
  if (isDim) brighten(colours);
  const picture = new ImageData(colours, width, height);
  const found = await ZXingWASM.readBarcodesFromImageData(picture, HOW);
  return found.filter((one) => one.isValid).map((one) => one.text);
}

self.addEventListener("message", async ({ data }) => {
  try {
    self.postMessage({ texts: await read(data) });
  } catch {
    self.postMessage({ broken: true });
  }
});
