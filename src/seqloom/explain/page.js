
"use strict";
// A token is [data-t] (output) or [data-s] (source); a square of the map has both.
for (const panel of document.querySelectorAll(".output")) {
  const tokens = [...panel.querySelectorAll(".token")];

  const clear = () => {
    for (const lit of panel.querySelectorAll(".chosen")) lit.classList.remove("chosen");
    for (const token of tokens) {
      token.style.removeProperty("--weight");
      token.classList.remove("against");
    }
  };

  const light = (kind, place) => {
    clear();
    const chosen = tokens.find((token) => token.dataset[kind] === place);
    if (!chosen) return;
    for (const part of panel.querySelectorAll(`[data-${kind}="${place}"]`)) part.classList.add("chosen");
    const weights = chosen.dataset.weights.split(" ").map(Number);
    const other = tokens.filter((token) => token.dataset[kind] === undefined);
    other.forEach((token, position) => {
      token.style.setProperty("--weight", Math.abs(weights[position]));
      token.classList.toggle("against", weights[position] < 0);
    });
  };

  const lightPart = (part) =>
    part.dataset.t !== undefined ? light("t", part.dataset.t) : light("s", part.dataset.s);

  panel.addEventListener("pointerover", (event) => {
    const part = event.target.closest("[data-t], [data-s]");
    if (part) lightPart(part);
  });
  panel.addEventListener("pointerleave", clear);
  panel.addEventListener("focusin", (event) => {
    if (event.target.matches(".token")) lightPart(event.target);
  });
  panel.addEventListener("focusout", clear);

  for (const row of panel.querySelectorAll(".tokens")) {
    const own = [...row.querySelectorAll(".token")];
    const forward = getComputedStyle(row).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    row.addEventListener("keydown", (event) => {
      const here = own.indexOf(event.target);
      const last = own.length - 1;
      const goals = { [forward]: Math.min(here + 1, last), [backward]: Math.max(here - 1, 0),
        Home: 0, End: last };
      if (here < 0 || !(event.key in goals)) return;
      event.preventDefault();
      own[here].tabIndex = -1;
      own[goals[event.key]].tabIndex = 0;
      own[goals[event.key]].focus();
    });
  }
}

for (const choice of document.querySelectorAll("fieldset")) {
  const show = () => {
    for (const radio of choice.querySelectorAll("input"))
      document.getElementById(radio.value).hidden = !radio.checked;
  };
  choice.addEventListener("change", show);
  show();
}
