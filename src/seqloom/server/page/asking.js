// One question at a time per panel: the last one asked is the only one that is answered.
//
//   wait     a question follows a keystroke after a moment that grows with the time an answer takes
//   order    an answer that comes after a newer question is dropped
//   slow     after SLOW ms the reader is told that there is still work going on
//   again    where nobody answered, or the server is busy, the question is asked again, less and less often

import { Problem } from "./server.js";

const SLOW = 300;
const [LEAST, MOST] = [10, 250];

export class Asking {
  /** `told` has what to do with each thing that may come: answered, slow, problem. */
  constructor(explain, told) {
    this.explain = explain;
    this.told = told;
    this.took = 0;
    this.number = 0;
    this.timers = [];
    this.asked = null;
  }

  /** Ask; `soon` follows a keystroke, after which another may come. */
  ask(body, soon = false) {
    this.stop();
    const number = ++this.number;
    const wait = soon ? Math.min(Math.max(this.took / 2, LEAST), MOST) : 0;
    this.later(wait, () => this.send(body, number, 0));
  }

  /** Forget what was asked. */
  stop() {
    this.number++;
    this.asked?.abort();
    this.timers.forEach(clearTimeout);
    this.timers = [];
  }

  later(ms, act) {
    this.timers.push(setTimeout(act, ms));
  }

  async send(body, number, tries) {
    const begun = performance.now();
    this.asked = new AbortController();
    const slow = setTimeout(() => number === this.number && this.told.slow(), SLOW);
    this.timers.push(slow);
    try {
      const answer = await this.explain(body, this.asked.signal);
      if (number !== this.number) return;
      this.took = performance.now() - begun;
      this.told.answered(answer, Math.max(1, Math.round(this.took)));
    } catch (error) {
      if (number === this.number && error.name !== "AbortError") this.failed(error, body, number, tries);
    } finally {
      clearTimeout(slow);
    }
  }

  failed(error, body, number, tries) {
    const problem = error instanceof Problem ? error : new Problem("strange");
    if (!(error instanceof Problem)) console.error(error);
    if (problem.kind === "lost") problem.seconds = Math.min(2 ** tries, 10);
    this.told.problem(problem);
    if (problem.kind === "lost" || problem.kind === "busy")
      this.later(1000 * problem.seconds, () => this.send(body, number, tries + 1));
  }
}
