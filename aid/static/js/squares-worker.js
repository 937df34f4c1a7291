/* Reads squares off pictures beside the page, so that the page stays quick on a cheap phone. */

importScripts("../vendor/zxing_reader.js");

const HOW = { formats: ["QRCode"], tryHarder: true, tryRotate: false, tryInvert: false, maxNumberOfSymbols: 4 };
const locateFile = (name) => new URL(`../vendor/${name}`, self.location).href;
const ready = ZXingWASM.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });

async function read({ pixels, width, height }) {
  await ready;
  const picture = new ImageData(new Uint8ClampedArray(pixels), width, height);
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
