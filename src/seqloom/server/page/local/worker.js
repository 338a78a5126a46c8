// Answers questions one after the other, and skips those that nobody waits for any more.

import * as ort from "../runtime/ort.wasm.bundle.min.mjs";
import { openModel } from "./model.js";
import { trace } from "./trace.js";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: new URL("../runtime/ort-wasm-simd-threaded.wasm", import.meta.url).href };

const opened = new Map();
const queue = [];
let busy = false;

const file = async (path) => {
  const response = await fetch(new URL(`../models/${path}`, import.meta.url));
  if (!response.ok) throw new Error(`models/${path}: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

const model = (name) => {
  if (!opened.has(name)) opened.set(name, openModel(ort, (path) => file(`${encodeURIComponent(name)}/${path}`)));
  return opened.get(name);
};

const work = async () => {
  busy = true;
  // Let all that was said meanwhile be heard first: a newer question makes an older one needless.
  for (;;) {
    await new Promise((go) => setTimeout(go));
    const next = queue.shift();
    if (!next) break;
    try {
      postMessage({ number: next.number, answer: await trace(await model(next.body.model), next.body) });
    } catch (error) {
      postMessage({ number: next.number, message: error.message, code: error.code });
    }
  }
  busy = false;
};

addEventListener("message", ({ data }) => {
  if (data.forget) {
    const place = queue.findIndex(({ number }) => number === data.forget);
    if (place >= 0) queue.splice(place, 1);
    return;
  }
  queue.push(data);
  if (!busy) work();
});
