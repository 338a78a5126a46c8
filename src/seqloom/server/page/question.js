// What a model is asked, by what /v1/models says of it; null where there is nothing to ask yet.
//
//   pairs, documents   what the source becomes: the search, and what the output begins with
//   strokes            a drawing; of a text where the model looks at one (attention), else of nothing
//   text               how a text goes on, also one that has not begun
//
// The same seed draws the same. What is null is the recipe's own.

/** Whether it writes what comes next. */
export const generates = (about) => about?.kind === "strokes" || about?.kind === "text";

export const searches = (about) => !generates(about) && about?.kind !== "documents";

/** Whether what is typed means anything to it. */
export const reads = (about) => about?.kind !== "strokes" || about.attention;

const answersNothing = (about) => about?.kind === "text" || !reads(about);

export const question = (about, state, held) => {
  if (!state.source.trim() && !answersNothing(about)) return null;
  return generates(about) ? drawn(about, state) : sought(state, held);
};

const drawn = (about, { source, seed, bias, temperature }) => {
  const body = { source: reads(about) ? source : "", seed };
  if (about.kind === "strokes" && bias !== null) body.bias = bias;
  if (temperature !== null) body.temperature = temperature;
  return body;
};

const sought = ({ source, features, beam, nbest }, held) => {
  const body = { source, beam, nbest: Math.min(nbest, beam), alternatives: 5 };
  if (features.trim()) body.features = features.trim().split(/\s+/u);
  if (held.length) body.prefix_tokens = held;
  return body;
};
