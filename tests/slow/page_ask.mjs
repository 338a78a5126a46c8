// Asks a model of an exported page outside of any browser: questions and answers are lines of JSON.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [page, name] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${page}/${path}`).href);
const ort = await load("runtime/ort.wasm.bundle.min.mjs");
const { openModel } = await load("local/model.js");
const { trace } = await load("local/trace.js");
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = await readFile(`${page}/runtime/ort-wasm-simd-threaded.wasm`);
const read = async (file) => new Uint8Array(await readFile(`${page}/models/${name}/${file}`));
const model = await openModel(ort, read);
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await trace(model, JSON.parse(line))));
