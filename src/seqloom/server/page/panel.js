// One model's answer: its outputs, what they looked at, what else might have been, and the search behind.
//
// A panel keeps its last answer while the next one is under way, in grey once that takes long. Whatever is
// shown is built anew from the answer; only what the reader chose (which output, what is drawn) stays.

import { caption, lines, matrix } from "./attention.js";
import { Asking } from "./asking.js";
import { documentView } from "./document.js";
import { checkbox, el, segments } from "./dom.js";
import { question } from "./question.js";
import { Selection } from "./selection.js";
import { steps } from "./steps.js";
import { percent, real, say } from "./strings.js";
import { strokesView } from "./strokes.js";
import { drawn, named } from "./tokens.js";
import { fitting, tree } from "./tree.js";
import { writtenView } from "./written.js";

export class Panel {
  /** `page` has: state, about(name), explain, changed(change), hold(place, tokens), undo(), canUndo(place), told(place). */
  constructor(place, page) {
    this.place = place;
    this.page = page;
    this.answer = null;
    this.chosen = 0;
    this.extent = null;
    this.problem = null;
    this.took = 0;
    this.heading = el("h2", {}, el("bdi"));
    this.note = el("p", { class: "note" });
    this.body = el("div", { class: "body" });
    this.root = el("section", { class: "panel", "aria-busy": "false" }, this.heading, this.note, this.body);
    this.asking = new Asking((body, signal) => page.explain(body, signal), {
      slow: () => this.slow(),
      problem: (problem) => this.failed(problem),
      answered: (answer, ms) => this.answered(answer, ms),
    });
  }

  get name() {
    return this.place === 0 ? this.page.state.model : this.page.state.compare;
  }

  get held() {
    return this.page.state.held[this.place];
  }

  /** Ask the model what it makes of the source. */
  ask(soon) {
    const body = question(this.page.about(this.name), this.page.state, this.held);
    if (!body) return this.clear();
    this.asking.ask({ model: this.name, ...body }, soon);
  }

  clear() {
    this.asking.stop();
    this.answer = null;
    this.problem = null;
    this.settle();
    this.draw();
    this.page.told(this.place);
  }

  slow() {
    this.root.setAttribute("aria-busy", "true");
    this.note.replaceChildren(el("span", { class: "spinner", "aria-hidden": "true" }), say("working"));
  }

  settle() {
    this.root.setAttribute("aria-busy", "false");
    this.note.replaceChildren();
  }

  failed(problem) {
    this.settle();
    this.root.setAttribute("aria-busy", String(this.answer !== null));
    this.problem = problem;
    this.page.told(this.place);
  }

  answered(answer, ms) {
    this.settle();
    if (JSON.stringify(answer.result?.source_tokens) !== JSON.stringify(this.answer?.result?.source_tokens)) this.chosen = 0;
    Object.assign(this, { answer, took: ms, problem: null });
    this.chosen = Math.min(this.chosen, (answer.result?.outputs?.length ?? 1) - 1);
    this.draw();
    this.page.told(this.place);
  }

  draw() {
    const focus = this.focused();
    this.heading.firstChild.textContent = this.name;
    this.body.replaceChildren(...this.parts());
    this.refocus(focus);
  }

  parts() {
    if (!this.answer) return this.held.length ? [this.heldBar()] : [];
    if (this.answer.kind === "documents") return [documentView(this.answer.result)];
    if (this.answer.kind === "strokes") return [strokesView(this.answer.result)];
    if (this.answer.kind === "text") return [writtenView(this.answer.result), this.unknownLine()].filter(Boolean);
    return this.pairParts();
  }

  pairParts() {
    const { result, alternatives, tree: searched } = this.answer;
    const output = result.outputs[this.chosen];
    const selection = new Selection();
    const parts = [this.outputs(result.outputs)];
    if (this.held.length) parts.unshift(this.heldBar());
    if (!output.tokens.length) return parts;
    parts.push(this.attention(result, output, selection));
    if (alternatives?.[this.chosen]?.length) parts.push(this.stepsPart(output, alternatives[this.chosen], selection));
    if (searched?.nodes?.length) parts.push(this.treePart(searched.nodes));
    return parts;
  }

  heldBar() {
    const shown = el("span", { class: "tokens" }, this.held.map((token) => el("span", { class: "token held" }, drawn(token))));
    return el("div", { class: "held-bar" }, el("span", { class: "label" }, say("held")), shown,
      el("button", { type: "button", class: "quiet undo", on: { click: () => this.page.undo(this.place) } }, say("undo")),
      el("button", { type: "button", class: "quiet release", on: { click: () => this.page.hold(this.place, []) } }, say("release")));
  }

  outputs(all) {
    const best = all[this.chosen];
    const text = el("p", { class: `output${best.text ? "" : " nothing"}`, dir: "auto" }, best.text || say("empty"));
    const facts = el("p", { class: "facts" }, percent(Math.exp(best.log_prob)), " · ", say("logProb", { value: real(best.log_prob) }),
      " · ", say("score", { value: real(best.score) }), best.finished ? "" : ` · ${say("unfinished")}`);
    const list = all.length > 1 ? el("fieldset", { class: "nbest" }, el("legend", {}, say("outputs")), el("ol", {},
      all.map((output, rank) => this.outputChoice(output, rank)))) : null;
    return el("div", { class: "outputs" }, text, facts, this.unknownLine(), list);
  }

  unknownLine() {
    const units = this.answer.result.unknown ?? [];
    if (!units.length) return null;
    const [before, after] = say("unknown", { units: "\n" }).split("\n");
    return el("p", { class: "unknown" }, before, units.flatMap((unit, at) => [at ? " " : "", drawn(unit)]), after);
  }

  outputChoice(output, rank) {
    const input = el("input", { type: "radio", name: `output-${this.place}`, value: String(rank), data: { key: `output-${rank}` } });
    input.checked = rank === this.chosen;
    input.addEventListener("change", () => {
      this.chosen = rank;
      this.draw();
    });
    const share = Math.exp(output.log_prob);
    return el("li", {}, el("label", { vars: { share: share.toFixed(4) } }, input,
      el("span", { class: "rank", "aria-hidden": "true" }, String(rank + 1)),
      el("bdi", { class: "text" }, output.text || say("empty")),
      el("span", { class: "share" }, percent(share)), el("span", { class: "points" }, real(output.score))));
  }

  attention({ source_tokens: source }, { tokens, attention }, selection) {
    const head = el("div", { class: "head" }, el("h3", {}, say("attention")));
    const part = el("section", { class: "part attention" }, head);
    if (!attention) {
      part.append(el("p", { class: "help" }, say("noAttention")), this.plainTokens(tokens, selection));
      return part;
    }
    const { view, numbers } = this.page.state;
    if (view === "matrix") head.append(checkbox(say("numbers"), numbers, (on) => this.page.changed({ numbers: on })));
    head.append(segments(`view-${this.place}`, say("view"), [["lines", say("lines")], ["matrix", say("matrix")]], view,
      (chosen) => this.page.changed({ view: chosen })));
    const drawing = view === "matrix" ? matrix(source, tokens, attention, selection, numbers)
      : lines(source, tokens, attention, selection, this.held.length);
    part.append(drawing, caption(source, tokens, attention, selection));
    return part;
  }

  plainTokens(tokens, selection) {
    const chips = tokens.map((token, t) => {
      const chip = el("li", {}, el("span", { class: `token${t < this.held.length ? " held" : ""}` }, drawn(token)));
      selection.listen((now) => chip.firstChild.classList.toggle("chosen", now.t === t));
      return chip;
    });
    return el("ol", { class: "row plain", "aria-label": say("targetSide") }, chips);
  }

  stepsPart(output, alternatives, selection) {
    const hold = (t, token) => this.page.hold(this.place, [...output.tokens.slice(0, t), token]);
    return el("section", { class: "part" }, el("div", { class: "head" }, el("h3", {}, say("steps"))),
      el("p", { class: "help" }, say("stepsHelp")), steps(alternatives, selection, this.held.length, hold));
  }

  treePart(nodes) {
    const extent = this.extent ?? fitting(nodes);
    const selected = nodes.findIndex((node) => node.output === this.chosen);
    const choices = ["outputs", "kept", "all"].map((value) => [value, say(`extent_${value}`)]);
    const choice = segments(`extent-${this.place}`, say("extent"), choices, extent, (chosen) => {
      this.extent = chosen;
      this.draw();
    });
    return el("section", { class: "part" }, el("div", { class: "head" }, el("h3", {}, say("tree")), choice),
      el("p", { class: "help" }, say("treeHelp")),
      tree(nodes, selected < 0 ? null : selected, extent, (tokens) => this.page.hold(this.place, tokens)));
  }

  /** What has the focus, in words that still mean something once the panel is drawn anew. */
  focused() {
    const at = document.activeElement;
    if (!this.body.contains(at)) return null;
    return at.dataset.key ? `[data-key="${at.dataset.key}"]` : at.name ? `[name="${at.name}"]:checked` : ".undo, .release, h3";
  }

  refocus(where) {
    if (where === null) return;
    const node = this.body.querySelector(where) ?? this.heading;
    if (node.tabIndex < 0) node.tabIndex = -1;
    node.focus({ preventScroll: true });
  }

  /** What the page should say of this panel. */
  get report() {
    return { problem: this.problem, took: this.answer && !this.problem ? this.took : null };
  }

  /** The answer for a reader who listens. */
  get spoken() {
    const { kind, result } = this.answer ?? {};
    if (!result) return "";
    if (kind === "strokes") return say("drew", { text: result.text ?? say("drawing"), points: result.points.length });
    const text = result.outputs?.[0]?.text ?? result.labels?.join(", ") ?? result.text ?? "";
    const unknown = result.unknown?.length ? ` ${say("unknown", { units: result.unknown.map(named).join(" ") })}` : "";
    return `${text || say("empty")}.${unknown}`;
  }
}
