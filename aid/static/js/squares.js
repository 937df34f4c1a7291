/* What stands in the squares before a camera: read by the browser itself where it can, else by a worker. */

const SHARP = 800; /* pixels that a picture keeps on its longer side: more is slower and tells no more */
const NATIVE_MISSES = 3;
const HALF = 1, WHOLE = 2, WAYS = 3;

/* The browser's own way, or nothing. */
async function ofBrowser() {
  try {
    const known = await BarcodeDetector.getSupportedFormats();
    if (!known.includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video)).map((found) => found.rawValue);
  } catch {
    return null;
  }
}

/* In turn: the middle of the picture, which one aims with, for small squares; half as sharp, for a dim room and a lens
   that is out of focus; and all of it. */
function pictureOf(video, canvas, way) {
  const { videoWidth: wide, videoHeight: high } = video;
  const side = Math.min(wide, high);
  const [width, height] = way === WHOLE ? [wide, high] : [side, side];
  const scale = Math.min(1, SHARP / Math.max(width, height)) / (way === HALF ? 2 : 1);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const brush = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  brush.drawImage(video, (wide - width) / 2, (high - height) / 2, width, height, 0, 0, canvas.width, canvas.height);
  return brush.getImageData(0, 0, canvas.width, canvas.height);
}

/* A worker that reads one picture at a time. */
function ofWorker() {
  const worker = new Worker(new URL("./squares-worker.js", import.meta.url));
  const canvas = document.createElement("canvas");
  let turn = 0;
  const read = (video) =>
    new Promise((done, failed) => {
      worker.onmessage = ({ data }) => (data.broken ? failed(new Error("the reader broke")) : done(data.texts));
      worker.onerror = () => failed(new Error("there is no reader"));
      const way = turn++ % WAYS;
      const { data, width, height } = pictureOf(video, canvas, way);
      worker.postMessage({ pixels: data.buffer, width, height, isDim: way === HALF }, [data.buffer]);
    });
  return read;
}

/* What reads all squares of a video's picture. The browser's own way is given up where it fails again and again. */
export async function squares() {
  let read = await ofBrowser();
  if (!read) return ofWorker();
  let misses = 0;
  return async (video) => {
    try {
      return await read(video);
    } catch (failure) {
      misses += 1;
      if (misses > NATIVE_MISSES) throw failure;
      if (misses === NATIVE_MISSES) read = ofWorker();
      return [];
    }
  };
}
