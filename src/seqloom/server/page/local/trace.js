// The answer to one source with how it came about, in the shape in which the service sends it.

import { beamSearch } from "./beam.js";
import { EOS, SOS, read } from "./codec.js";
import { split } from "./cut.js";

const MAX_NODES = 2000;
const rounded = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;

const whole = ({ tokens, finished }) => (finished ? [...tokens, EOS] : tokens);

/** `body` as /v1/explain takes it. */
export const trace = async (model, { model: name, source: text, features = [], prefix_tokens: held = [], prefix = "", alternatives = 5, ...changes }) => {
  const settings = { ...model.about.search, ...changes };
  if (!split(text).length) return { model: name, result: nothing(text), alternatives: [[]], tree: { nodes: [], left_out: 0 } };
  const source = read(model, text, features);
  const begin = held.length ? model.target.find(held, source.open) : prefixIds(model, prefix, source.open);
  const record = new Record(settings.beam > 1 || settings.coverage_penalty > 0 || begin.length > 0);
  const found = await beamSearch(model, source.ids, settings, begin, record);
  record.chains(found);
  return {
    model: name,
    result: result(model, text, source, found, begin.length ? "beam, after a prefix" : "beam"),
    alternatives: await alternativesOf(model, source, found, alternatives),
    tree: tree(model, record.nodes, found, source.open),
  };
};

const prefixIds = ({ target }, text, open) =>
  target.units(text).map((unit) => target.ids.get(unit) ?? (open.includes(unit) ? target.size + open.indexOf(unit) : 1));

const nothing = (text) => ({
  source: text, source_tokens: [], unknown: [],
  outputs: [{ text: "", tokens: [], token_log_probs: [], log_prob: 0, score: 0, finished: true, origin: "", attention: null }],
});

const result = ({ source, target }, text, { plain, open }, found, origin) => ({
  source: text,
  source_tokens: source.show(plain),
  unknown: source.unknown(text),
  outputs: found.map((one) => ({
    text: target.decode(one.tokens, open),
    tokens: target.show(whole(one), open),
    token_log_probs: one.logProbs.map((value) => rounded(value, 6)),
    log_prob: rounded(one.logProbs.reduce((sum, value) => sum + value, 0), 6),
    score: rounded(one.score, 6),
    finished: one.finished,
    origin,
    attention: one.weights?.map((row) => Array.from(row, (share) => rounded(share, 4))) ?? null,
  })),
});

// ---- what else might have stood at each step

const alternativesOf = async (model, { ids, open }, found, k) => {
  const paths = found.map(whole);
  const longest = Math.max(0, ...paths.map((path) => path.length));
  const steps = paths.map(() => []);
  let state = model.select(await model.start(ids), paths.map(() => 0));
  for (let t = 0; t < longest; t++) {
    const fed = paths.map((path) => (t ? (path[t - 1] ?? EOS) : SOS));
    const next = await model.step(state, fed, Math.max(k, 1), paths.map((path) => path[t] ?? EOS));
    state = next.state;
    paths.forEach((path, n) => t < path.length && steps[n].push(likeliest(model.target, next, n, path.slice(0, t + 1), k, open)));
  }
  return steps;
};

const likeliest = (target, { tokens, logProbs, wanted }, n, path, k, open) => {
  const taken = path.at(-1), before = path.slice(0, -1);
  const likely = new Map(tokens[n].slice(0, k).map((id, place) => [id, logProbs[n][place]]).filter(([, logProb]) => logProb > -Infinity));
  if (!likely.has(taken)) likely.set(taken, wanted[n]);
  return [...likely].map(([id, logProb]) => ({
    token: target.show([id], open)[0],
    text: target.decode(id === EOS ? before : [...before, id], open),
    log_prob: rounded(logProb, 6),
    taken: id === taken,
  }));
};

// ---- the search as a tree

class Record {
  /** `weighs`: whether there are rivals to weigh; greedy search has none. */
  constructor(weighs) {
    this.weighs = weighs;
    this.nodes = [];
    this.columns = [null];
  }

  step(pool, best, live, going) {
    if (!this.weighs) return;
    const before = this.columns, seen = new Set();
    for (const entry of best) if (entry.token === EOS && entry.score > -Infinity) this.keep(entry, before, seen);
    this.columns = live.map((entry) => (going && entry.score > -Infinity ? this.keep(entry, before, seen) : null));
    const rivals = [...pool].sort((a, b) => (a.score === b.score ? 0 : b.score > a.score ? 1 : -1));
    for (const entry of rivals.slice(0, 2 * live.length)) {
      const key = `${before[entry.parent]} ${entry.token}`;
      if (entry.score > -Infinity && !seen.has(key)) this.add(before[entry.parent], entry, false);
    }
  }

  keep(entry, before, seen) {
    seen.add(`${before[entry.parent]} ${entry.token}`);
    return this.add(before[entry.parent], entry, true);
  }

  add(parent, { token, logProb, score }, kept) {
    this.nodes.push({ parent, token, logProb, score, kept });
    return this.nodes.length - 1;
  }

  chains(found) {
    if (this.weighs) return;
    for (const one of found) {
      let parent = null, score = 0;
      whole(one).forEach((token, t) => {
        score += one.logProbs[t];
        parent = this.add(parent, { token, logProb: one.logProbs[t], score }, true);
      });
    }
  }
}

const tree = ({ target }, nodes, found, open) => {
  const spelled = [], ends = new Map();
  nodes.forEach(({ parent, token, kept }, number) => {
    spelled.push(parent === null ? `${token}` : `${spelled[parent]} ${token}`);
    if (kept && !ends.has(spelled[number])) ends.set(spelled[number], number);
  });
  const outputs = new Map();
  found.forEach((one, place) => {
    const end = ends.get(whole(one).join(" "));
    if (end !== undefined) outputs.set(end, place);
  });
  const chosen = mostTelling(nodes, outputs);
  const place = new Map(chosen.map((number, at) => [number, at]));
  return {
    nodes: chosen.map((number) => {
      const { parent, token, logProb, score, kept } = nodes[number];
      return {
        parent: parent === null ? null : place.get(parent), token: target.show([token], open)[0],
        log_prob: rounded(logProb, 6), score: rounded(score, 6), kept, finished: token === EOS,
        output: outputs.get(number) ?? null,
      };
    }),
    left_out: nodes.length - chosen.length,
  };
};

/** The ways to the outputs; then what the beam went on with, then what it gave up, earlier steps first. */
const mostTelling = (nodes, outputs) => {
  const all = nodes.map((_, number) => number);
  if (nodes.length <= MAX_NODES) return all;
  const above = new Set();
  for (const end of outputs.keys())
    for (let at = end; at !== null && !above.has(at); at = nodes[at].parent) above.add(at);
  const rank = (number) => [Number(!above.has(number)), Number(!nodes[number].kept), number];
  all.sort((a, b) => rank(a).map((value, at) => value - rank(b)[at]).find((gap) => gap) ?? 0);
  return all.slice(0, Math.max(MAX_NODES, above.size)).sort((a, b) => a - b);
};
