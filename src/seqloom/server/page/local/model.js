// An exported model as search drives it: the encoder once for a source, then a step for every token.
//
//   start(ids)                       a state with one hypothesis
//   step(state, tokens, k, wanted)   what may follow each hypothesis, and the state after
//   select(state, parents)           the state of the hypotheses that go on
//
// All hypotheses belong to one source, so its memory has one row; state.cells has a row for each of them.

import { Codec } from "./codec.js";
import { refused } from "./refused.js";

const WEIGHTS = "weights.safetensors";

const session = async (ort, name, read, data) =>
  ort.InferenceSession.create(await read(name), {
    executionProviders: ["wasm"], externalData: [{ path: WEIGHTS, data }], logSeverityLevel: 3,
  });

/** `read(name)` gives the bytes of a file of the model. */
export const openModel = async (ort, read) => {
  const about = JSON.parse(new TextDecoder().decode(await read("model.json")));
  const data = await read(WEIGHTS);
  const [encoder, step] = [await session(ort, "encoder.onnx", read, data), await session(ort, "step.onnx", read, data)];
  return new Model(ort, about, encoder, step);
};

const rows = (values, width) => Array.from({ length: values.length / width }, (_, n) => values.subarray(n * width, (n + 1) * width));

class Model {
  constructor(ort, about, encoder, step) {
    Object.assign(this, { ort, about, encoder, stepper: step, copying: about.copying });
    this.source = new Codec(about.source, about);
    this.target = new Codec(about.target, about);
  }

  whole(values) {
    return new this.ort.Tensor("int64", BigInt64Array.from(values, BigInt), [values.length]);
  }

  async start(ids) {
    const limit = this.about.max_source;
    if (limit && ids.length > limit)
      throw refused("too_long", `The model knows ${limit} source positions, but this source has ${ids.length} tokens, <eos> counted.`);
    const source = new this.ort.Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]);
    const found = await this.run(this.encoder, { source, lengths: this.whole([ids.length]) });
    const part = (group, names) => names.map((name) => found[`${group}.${name}`]);
    return { memory: part("memory", this.about.memory), cells: part("state", this.about.state) };
  }

  async step(state, tokens, k, wanted = tokens) {
    const given = { tokens: this.whole(tokens), k: this.whole([k]), wanted: this.whole(wanted) };
    this.about.memory.forEach((name, place) => (given[`memory.${name}`] = state.memory[place]));
    this.about.state.forEach((name, place) => (given[`state.${name}`] = state.cells[place]));
    const found = await this.run(this.stepper, given);
    const width = found.candidates.dims[1];
    return {
      tokens: rows(found.candidates.data, width).map((row) => Array.from(row, Number)),
      logProbs: rows(found.log_probs.data, width),
      wanted: found.wanted_log_prob.data,
      weights: this.about.attends ? rows(found.attention.data, found.attention.dims[1]) : null,
      state: { memory: state.memory, cells: this.about.state.map((name) => found[`after.${name}`]) },
    };
  }

  select(state, parents) {
    return { memory: state.memory, cells: state.cells.map((tensor) => this.gathered(tensor, parents)) };
  }

  gathered({ data, dims, type }, parents) {
    const width = data.length / dims[0];
    const chosen = new data.constructor(parents.length * width);
    parents.forEach((parent, row) => chosen.set(data.subarray(parent * width, (parent + 1) * width), row * width));
    return new this.ort.Tensor(type, chosen, [parents.length, ...dims.slice(1)]);
  }

  /** What a graph has no use for is not among its inputs. */
  run(graph, given) {
    return graph.run(Object.fromEntries(Object.entries(given).filter(([name]) => graph.inputNames.includes(name))));
  }
}
