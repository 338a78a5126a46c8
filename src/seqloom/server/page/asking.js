// One question at a time per panel: the last one asked is the only one that is answered.
//
//   at once  where no question is under way, a keystroke is followed by a question with no wait
//   newest   while one is, later keystrokes wait for its answer, which is shown; of all that were typed
//            meanwhile only the newest is asked then. After PATIENCE ms the older question is given up.
//   order    an answer to a question that was given up is dropped
//   slow     after SLOW ms the reader is told that there is still work going on
//   again    where nobody answered, or the server is busy, the question is asked again, less and less often

import { Problem } from "./server.js";

const SLOW = 300;
const PATIENCE = 250;

export class Asking {
  /** `told` has what to do with each thing that may come: answered, slow, problem. */
  constructor(explain, told) {
    this.explain = explain;
    this.told = told;
    this.number = 0;
    this.timers = [];
    this.asked = null;
    this.newest = null;
  }

  /** Ask; `soon` follows a keystroke, after which another may come. */
  ask(body, soon = false) {
    if (!soon || !this.asked) return this.begin(body);
    if (!this.newest) this.later(PATIENCE, () => this.begin(this.newest));
    this.newest = body;
  }

  /** Ask this, whatever was asked before. */
  begin(body) {
    this.stop();
    this.send(body, this.number, 0);
  }

  /** Forget what was asked. */
  stop() {
    this.number++;
    this.asked?.abort();
    this.ended();
  }

  /** No question is under way any more; what is to be asked next. */
  ended() {
    const { newest } = this;
    this.timers.forEach(clearTimeout);
    [this.asked, this.newest, this.timers] = [null, null, []];
    return newest;
  }

  later(ms, act) {
    this.timers.push(setTimeout(act, ms));
  }

  async send(body, number, tries) {
    const begun = performance.now();
    this.asked = new AbortController();
    this.later(SLOW, () => this.told.slow());
    try {
      const answer = await this.explain(body, this.asked.signal);
      if (number === this.number) this.answered(answer, performance.now() - begun);
    } catch (error) {
      if (number === this.number && error.name !== "AbortError") this.failed(error, body, tries);
    }
  }

  answered(answer, ms) {
    const newest = this.ended();
    if (newest) this.begin(newest);
    this.told.answered(answer, Math.max(1, Math.round(ms)));
  }

  failed(error, body, tries) {
    const newest = this.ended();
    if (newest) return this.begin(newest);
    const problem = error instanceof Problem ? error : new Problem("strange");
    if (!(error instanceof Problem)) console.error(error);
    if (problem.kind === "lost") problem.seconds = Math.min(2 ** tries, 10);
    this.told.problem(problem);
    if (problem.kind === "lost" || problem.kind === "busy")
      this.later(1000 * problem.seconds, () => this.send(body, this.number, tries + 1));
  }
}
