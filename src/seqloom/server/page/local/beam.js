// Beam search over one source: of all continuations keep the `beam` best, step by step; width 1 is greedy.
//
//   score = log p / lp + cp        lp = ((5 + length) / 6) ** alpha        Wu et al. 2016, eq. 14
//
// The same decisions in the same order as the search in Python, ties included. `record` is told of every
// step what was weighed.

import { EOS } from "./codec.js";

const TINY = 1.1754943508222875e-38; // the least that 32 bits hold: what an attention of 0 counts as

const penalty = (length, alpha) => ((5 + length) / 6) ** alpha;

export const limitOf = (source, settings, prefix) =>
  Math.max(settings.max_length ?? Math.trunc(settings.max_ratio * source.length) + 20, prefix.filter((id) => id !== EOS).length);

/** The best outputs, best first: {tokens, logProbs, score, weights, finished}. */
export const beamSearch = async (model, source, settings, prefix, record) => {
  const search = new Search(settings, limitOf(source, settings, prefix), source.length);
  let state = await model.start(source), tokens = [2], going = true;
  while (going) {
    const found = await model.step(state, tokens, search.asked, search.wanted(prefix, tokens.length));
    const live = search.choose(search.allowed(found, prefix), record);
    going = live.going;
    if (!going) break;
    state = model.select(found.state, live.parents);
    tokens = live.tokens;
  }
  return search.results();
};

class Search {
  constructor(settings, limit, sourceLength) {
    this.settings = settings;
    this.limit = limit;
    this.width = settings.beam;
    this.length = 0;
    this.scores = [0];
    this.steps = [];
    this.ended = new Map(); // by length and column, so that what may end in two ways ends in one
    this.bar = -Infinity;
    this.paid = [new Float64Array(sourceLength)];
  }

  get tooShort() {
    return this.length < this.settings.min_length;
  }

  get asked() {
    return (this.width > 1 ? this.width + 1 : 1) + Number(this.tooShort);
  }

  wanted(prefix, rows) {
    return this.length < prefix.length ? Array(rows).fill(prefix[this.length]) : undefined;
  }

  /** What may follow: no <eos> too early, nothing but the prefix inside of it. */
  allowed({ tokens, logProbs, wanted, weights }, prefix) {
    this.weights = weights;
    const forced = prefix[this.length];
    const entries = tokens.flatMap((row, parent) => row.map((token, place) => {
      if (forced !== undefined)
        return { parent, token: forced, logProb: place ? -Infinity : wanted[parent] };
      return { parent, token, logProb: this.tooShort && token === EOS ? -Infinity : logProbs[parent][place] };
    }));
    return entries.map((entry) => ({ ...entry, score: this.scores[entry.parent] + entry.logProb }));
  }

  choose(pool, record) {
    const atLimit = this.limit <= this.length;
    if (atLimit) this.cutOff();
    this.cover();
    const best = first(pool, this.width);
    const open = pool.map((entry) => (entry.token === EOS ? { ...entry, score: -Infinity } : entry));
    const live = first(open, this.width);
    this.finish(best.filter(({ token, score }) => token === EOS && score > -Infinity));
    const going = this.mayWin(live) && !atLimit;
    record?.step(pool, best, live, going);
    this.steps.push({ live, weights: this.weights });
    this.length++;
    this.scores = live.map(({ score }) => score);
    const parents = live.map(({ parent }) => parent);
    this.paid = parents.map((parent) => this.paid[parent].slice());
    return { going, parents, tokens: live.map(({ token }) => token) };
  }

  /** Add up what was paid to each source position, where that counts. */
  cover() {
    if (!this.settings.coverage_penalty) return;
    this.paid.forEach((row, n) => this.weights[n].forEach((share, s) => (row[s] += share)));
  }

  coverage(column) {
    const beta = this.settings.coverage_penalty;
    if (!beta) return 0;
    return beta * this.paid[column].reduce((sum, paid) => sum + Math.log(Math.min(Math.max(paid, TINY), 1)), 0);
  }

  end(column, logProb, eos) {
    const counted = this.length + Number(eos !== null);
    const score = logProb / penalty(counted, this.settings.length_penalty) + this.coverage(column);
    this.ended.set(`${this.length} ${column}`, { length: this.length, column, score, eos });
  }

  cutOff() {
    this.scores.forEach((score, column) => score > -Infinity && this.end(column, score, null));
  }

  finish(ended) {
    for (const { parent, score, logProb } of ended) this.end(parent, score, logProb);
    if (!ended.length) return;
    const scores = [...this.ended.values()].filter(({ eos }) => eos !== null).map(({ score }) => score).sort((a, b) => b - a);
    if (scores.length >= this.settings.nbest) this.bar = scores[this.settings.nbest - 1];
  }

  /** Whether the best that goes on can still be among the n best. */
  mayWin(live) {
    const leader = Math.max(...live.map(({ score }) => score));
    if (leader === -Infinity) {
      if (!this.ended.size) this.cutOff();
      return false;
    }
    return leader / penalty(this.limit + 1, this.settings.length_penalty) >= this.bar;
  }

  results() {
    const all = [...this.ended.values()];
    const contenders = this.bar === -Infinity ? all : all.filter(({ eos, score }) => eos !== null && score >= this.bar);
    const found = contenders.map((ending) => this.traced(ending));
    return found.sort(ranked).slice(0, this.settings.nbest);
  }

  /** The hypothesis that stops there, read back from its last token. */
  traced({ length, column, score, eos }) {
    const finished = eos !== null;
    const tokens = [], logProbs = finished ? [eos] : [];
    const weights = finished && this.steps[length].weights ? [this.steps[length].weights[column]] : [];
    for (let t = length - 1, at = column; t >= 0; t--) {
      const { parent, token, logProb } = this.steps[t].live[at];
      tokens.unshift(token);
      logProbs.unshift(logProb);
      if (this.steps[t].weights) weights.unshift(this.steps[t].weights[parent]);
      at = parent;
    }
    return { tokens, logProbs, score, weights: this.steps[0]?.weights ? weights : null, finished };
  }
}

/** The best entries, best first; equals in the order in which they stand. */
const first = (pool, width) =>
  pool.map((entry, place) => ({ entry, place })).sort((a, b) => descending(a.entry.score, b.entry.score) || a.place - b.place)
    .slice(0, width).map(({ entry }) => entry);

const descending = (a, b) => (a === b ? 0 : b > a ? 1 : -1);

/** Finished before cut off, then by score; equals in the order of their ids. */
const ranked = (a, b) => {
  if (a.finished !== b.finished) return a.finished ? -1 : 1;
  if (a.score !== b.score) return b.score - a.score;
  for (let t = 0; t < Math.min(a.tokens.length, b.tokens.length); t++)
    if (a.tokens[t] !== b.tokens[t]) return a.tokens[t] - b.tokens[t];
  return a.tokens.length - b.tokens.length;
};
