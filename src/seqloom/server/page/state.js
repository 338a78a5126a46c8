// What the page shows, as a value and as the part of the address behind '#', so that a view can be shared.
//
//   model, compare   names; compare is "" for one model
//   source, features, beam, nbest
//   seed, bias, temperature   of what is drawn; null is the model's own
//   held             for each panel the tokens that its output has to begin with
//   view             how attention is drawn: "lines" or "matrix"
//   numbers          whether the matrix shows its numbers

export const EMPTY = {
  model: "", compare: "", source: "", features: "", beam: 0, nbest: 0, seed: 1, bias: null, temperature: null,
  held: [[], []], view: "lines", numbers: false,
};

const SHORT = {
  model: "m", compare: "c", source: "s", features: "f", beam: "b", nbest: "n", view: "v",
  seed: "r", bias: "i", temperature: "t",
};
export const BOUNDS = { seed: [0, 2 ** 31 - 1], bias: [0, 20], temperature: [0.01, 100] };

/** The address of a state; what is as it always is, is left out. */
export const written = (state) => {
  const parts = new URLSearchParams();
  for (const [name, key] of Object.entries(SHORT))
    if (state[name] !== EMPTY[name]) parts.set(key, state[name]);
  if (state.numbers) parts.set("d", "1");
  state.held.forEach((tokens, panel) => {
    if (tokens.length) parts.set(`h${panel}`, JSON.stringify(tokens));
  });
  return `#${parts}`;
};

const tokens = (text) => {
  try {
    const found = JSON.parse(text ?? "[]");
    return Array.isArray(found) && found.every((token) => typeof token === "string") ? found : [];
  } catch {
    return [];
  }
};

const count = (text) => {
  const number = Number.parseInt(text ?? "", 10);
  return number >= 1 && number <= 64 ? number : 0;
};

const amount = (name, text) => {
  const number = Number.parseFloat(text ?? "");
  const [least, most] = BOUNDS[name];
  return number >= least && number <= most ? number : EMPTY[name];
};

/** The state of an address. Whatever makes no sense there is left out. */
export const read = (hash) => {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (key) => parts.get(key) ?? "";
  return {
    model: text("m"), compare: text("c"), source: text("s"), features: text("f"),
    beam: count(parts.get("b")), nbest: count(parts.get("n")),
    seed: Math.trunc(amount("seed", parts.get("r"))),
    bias: amount("bias", parts.get("i")), temperature: amount("temperature", parts.get("t")),
    held: [tokens(parts.get("h0")), tokens(parts.get("h1"))],
    view: parts.get("v") === "matrix" ? "matrix" : "lines",
    numbers: parts.get("d") === "1",
  };
};
