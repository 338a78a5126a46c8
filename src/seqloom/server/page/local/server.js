// The same questions as the service answers, answered in the browser: this file takes the place of the
// page's own server.js in a folder that was exported to run without one. The work is done in a worker, so
// that the page stays quick to the touch.

export class Problem extends Error {
  constructor(kind, message = "", seconds = 2, code = "") {
    super(message);
    this.kind = kind;
    this.seconds = seconds;
    this.code = code;
  }
}

export const setToken = () => {};

const waiting = new Map();
const worker = new Worker(new URL("local/worker.js", import.meta.url), { type: "module" });
let number = 0;

worker.addEventListener("message", ({ data }) => {
  const promise = waiting.get(data.number);
  waiting.delete(data.number);
  if (data.answer) promise?.resolve(data.answer);
  else promise?.reject(new Problem("failed", data.message, 2, data.code));
});
worker.addEventListener("error", (event) => {
  for (const { reject } of waiting.values()) reject(new Problem("failed", event.message ?? ""));
  waiting.clear();
});

export const models = async () => {
  try {
    return await (await fetch("models/models.json")).json();
  } catch {
    throw new Problem("lost");
  }
};

export const explain = (body, signal) =>
  new Promise((resolve, reject) => {
    const own = ++number;
    waiting.set(own, { resolve, reject });
    signal.addEventListener("abort", () => {
      waiting.delete(own);
      worker.postMessage({ forget: own });
      reject(new DOMException("", "AbortError"));
    });
    worker.postMessage({ number: own, body });
  });
