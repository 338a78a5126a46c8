// The page: what the reader types and chooses, and one or two panels that answer.

import { el } from "./dom.js";
import { Panel } from "./panel.js";
import { colour, keep, kept } from "./preferences.js";
import { generates, reads, searches } from "./question.js";
import { explain, models, setToken } from "./server.js";
import { BOUNDS, EMPTY, read, written } from "./state.js";
import { preferred, reason, say, setLanguage, translate } from "./strings.js";

const find = (id) => document.getElementById(id);
const field = Object.fromEntries(["source", "model", "compare", "beam", "nbest", "features", "seed", "bias",
  "temperature", "language", "theme", "token"].map((id) => [id, find(id)]));
const QUIET = 700; // ms without a keystroke after which an answer is read out
const MOST_OUTPUTS = 5;
const EXPLORED = 4; // the beam for a model whose own search has none
const TYPED = { strokes: "textToDraw", text: "beginning" }; // what the source is called, of models that write

const page = {
  state: { ...EMPTY },
  explain,
  about: (name) => about(name),
  known: [],
  undone: [[], []],
  changed(change) {
    Object.assign(page.state, change);
    remember();
    panels.forEach((panel) => panel.draw());
  },
  hold(place, tokens) {
    page.undone[place].push(page.state.held[place]);
    begin(place, tokens);
  },
  undo(place) {
    begin(place, page.undone[place].pop() ?? []);
  },
  told,
};
let panels = [];

// ---- what is asked

const begin = (place, tokens) => {
  page.state.held = page.state.held.map((held, at) => (at === place ? tokens : held));
  remember("push");
  panels[place]?.ask();
  speak(tokens.length ? say("heldNow", { text: tokens.join(" ") }) : say("released"));
};

const release = () => {
  page.state.held = [[], []];
  page.undone = [[], []];
};

const askAll = (soon) => panels.forEach((panel) => panel.ask(soon));

const remember = (how = "replace") => {
  const address = written(page.state);
  if (address !== location.hash) history[`${how}State`](null, "", address);
};

const typed = () => {
  if (field.source.value === page.state.source && field.features.value === page.state.features) return;
  Object.assign(page.state, { source: field.source.value, features: field.features.value });
  release();
  grow();
  remember();
  askAll(true);
};

const grow = () => {
  field.source.style.height = "auto";
  field.source.style.height = `${field.source.scrollHeight + 2}px`;
};

// ---- what is said

function told() {
  const reports = panels.map((panel) => panel.report);
  const problem = reports.find((report) => report.problem)?.problem;
  find("token-form").hidden = problem?.kind !== "refused";
  const status = find("status");
  status.className = problem ? "problem" : "";
  status.ariaLive = problem ? "polite" : "off"; // times change with every key: nobody wants to hear them
  status.textContent = problem ? sentence(problem) : good(reports);
  if (!problem) readOut();
}

const sentence = ({ kind, message, seconds, code }) =>
  say(kind, { message: kind === "failed" ? reason(code, message) : message, seconds });

const good = (reports) => {
  const times = reports.map((report) => report.took).filter((took) => took !== null);
  if (times.length < panels.length || !times.length) return "";
  const [ms, other] = times;
  return say(times.length > 1 ? "answeredBoth" : "answered", { ms, other });
};

let reading;
const readOut = () => {
  clearTimeout(reading);
  reading = setTimeout(() => {
    const lines = panels.filter((panel) => panel.answer).map((panel) =>
      panels.length > 1 ? say("spoken", { model: panel.name, text: panel.spoken }) : panel.spoken);
    speak(lines.join(" "));
  }, QUIET);
};

const speak = (text) => (find("spoken").textContent = text);

// ---- models and settings

const about = (name) => page.known.find((model) => model.name === name);

const list = (select, names, chosen) => {
  select.replaceChildren(...names.map(([value, text]) => el("option", { value }, text)));
  select.value = chosen;
};

const listModels = () => {
  const names = page.known.map(({ name }) => [name, name]);
  list(field.model, names, page.state.model);
  list(field.compare, [["", say("none")], ...names.filter(([name]) => name !== page.state.model)], page.state.compare);
  field.compare.closest("label").hidden = names.length < 2;
  field.model.title = about(page.state.model)?.description ?? "";
  listSettings();
};

/** Only what means something to the models that are asked. */
const listSettings = () => {
  const asked = [page.state.model, page.state.compare].map(about).filter(Boolean);
  const offer = (id, wanted) => (find(id).hidden = !asked.some(wanted));
  offer("source-field", reads);
  offer("features-field", (model) => model.source?.features?.length);
  for (const id of ["beam-field", "nbest-field"]) offer(id, searches);
  for (const id of ["seed-field", "temperature-field", "another"]) offer(id, generates);
  offer("bias-field", (model) => model.kind === "strokes");
  find("source-label").dataset.text = TYPED[asked[0]?.kind] ?? "source";
  translate(find("question"));
};

/** Names and numbers that make sense for the models there are. */
const settle = () => {
  const { state } = page;
  if (!about(state.model)) state.model = page.known[0].name;
  if (!about(state.compare) || state.compare === state.model) state.compare = "";
  const own = about(state.model).search?.beam ?? 1;
  state.beam ||= own > 1 ? own : EXPLORED;
  state.nbest ||= Math.min(state.beam, MOST_OUTPUTS);
  state.nbest = Math.min(state.nbest, state.beam);
  for (const name of ["bias", "temperature"])
    state[name] ??= [state.model, state.compare].map((model) => about(model)?.generation?.[name]).find((own) => own !== undefined) ?? null;
};

const show = () => {
  settle();
  listModels();
  for (const name of ["source", "features", "beam", "nbest", "seed", "bias", "temperature"])
    if (field[name].value !== String(page.state[name] ?? "")) field[name].value = page.state[name] ?? "";
  field.nbest.max = page.state.beam;
  grow();
  const wanted = page.state.compare ? 2 : 1;
  panels.slice(wanted).forEach((panel) => panel.asking.stop());
  panels = Array.from({ length: wanted }, (_, place) => panels[place] ?? new Panel(place, page));
  find("answer").classList.toggle("two", wanted === 2);
  find("answer").replaceChildren(...panels.map((panel) => panel.root));
  panels.forEach((panel) => panel.draw());
};

const chosen = (change) => {
  Object.assign(page.state, change);
  show();
  remember();
  askAll();
};

const number = (input, fallback) => Math.max(1, Math.min(64, Number.parseInt(input.value, 10) || fallback));

const bounded = (name) => {
  const [least, most] = BOUNDS[name];
  const given = Number.parseFloat(field[name].value);
  return Number.isNaN(given) ? page.state[name] : Math.max(least, Math.min(most, given));
};

// ---- language and colours

const speakIn = (tag) => {
  setLanguage(tag);
  translate(document);
  field.language.value = document.documentElement.lang;
  if (page.known.length) listModels();
  panels.forEach((panel) => panel.draw());
  if (panels.length) told();
};

// ---- events

const listen = () => {
  let composing = false;
  for (const input of [field.source, field.features]) {
    input.addEventListener("compositionstart", () => (composing = true));
    input.addEventListener("compositionend", () => {
      composing = false;
      typed();
    });
    // A syllable that is still being put together is not yet what the reader means.
    input.addEventListener("input", (event) => composing || event.isComposing || typed());
  }
  field.model.addEventListener("change", () => {
    release();
    const { compare } = page.state;
    chosen({ model: field.model.value, beam: 0, nbest: 0, bias: null, temperature: null, compare: compare === field.model.value ? "" : compare });
  });
  field.compare.addEventListener("change", () => {
    page.state.held[1] = [];
    page.undone[1] = [];
    chosen({ compare: field.compare.value });
  });
  field.beam.addEventListener("change", () => {
    const beam = number(field.beam, page.state.beam);
    chosen({ beam, nbest: Math.min(page.state.nbest, beam) });
  });
  field.nbest.addEventListener("change", () => {
    const nbest = number(field.nbest, page.state.nbest);
    chosen({ nbest, beam: Math.max(page.state.beam, nbest) });
  });
  field.seed.addEventListener("change", () => chosen({ seed: Math.trunc(bounded("seed")) }));
  for (const name of ["bias", "temperature"])
    field[name].addEventListener("change", () => chosen({ [name]: bounded(name) }));
  find("another").addEventListener("click", () => chosen({ seed: (page.state.seed + 1) % (BOUNDS.seed[1] + 1) }));
  field.language.addEventListener("change", () => {
    keep("language", field.language.value);
    speakIn(field.language.value);
  });
  field.theme.addEventListener("change", () => {
    keep("theme", field.theme.value);
    colour(field.theme.value);
  });
  find("question").addEventListener("submit", (event) => event.preventDefault());
  find("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    setToken(field.token.value);
    if (page.known.length) askAll();
    else start();
  });
  addEventListener("popstate", () => {
    page.state = read(location.hash);
    if (!page.known.length) return;
    show();
    askAll();
  });
};

const start = async (tries = 0) => {
  const status = find("status");
  try {
    page.known = await models((text) => (status.textContent = text ?? say("starting")));
  } catch (problem) {
    status.className = "problem";
    const seconds = problem.kind === "lost" ? Math.min(2 ** tries, 10) : problem.seconds;
    status.textContent = say(problem.kind ?? "strange", { message: problem.message, seconds });
    find("token-form").hidden = problem.kind !== "refused";
    if (problem.kind === "lost" || problem.kind === "busy") setTimeout(() => start(tries + 1), 1000 * seconds);
    return;
  }
  status.className = "";
  status.textContent = "";
  find("token-form").hidden = true;
  if (!page.known.length) {
    status.textContent = say("noModels");
    return;
  }
  // What was typed while the models were being fetched is not lost.
  if (field.source.value) page.state.source = field.source.value;
  show();
  askAll();
};

page.state = read(location.hash);
speakIn(kept("language") ?? preferred());
field.theme.value = kept("theme") ?? "auto";
colour(field.theme.value);
listen();
start();
