// The contrast of every text that can be seen with what is behind it, weakest first: [ratio, text, class].
//
// Backgrounds are laid over each other from the root down. A gradient counts as if it covered the element in
// its strongest colour; text that fades counts as it looks.
() => {
  const numbers = (text) => {
    const found = /rgba?\(([^)]*)\)/.exec(text);
    if (!found) return null;
    const [red, green, blue, alpha = 1] = found[1].split(/[\s,/]+/).filter(Boolean).map(Number);
    return { colour: [red, green, blue], alpha };
  };
  const over = (below, above, share = 1) =>
    above ? below.map((value, at) => value + (above.colour[at] - value) * above.alpha * share) : below;
  const upwards = (node) => (node ? [...upwards(node.parentElement), node] : []);
  const light = (colour) => {
    const [red, green, blue] = colour.map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (element) => {
    const line = upwards(element).map((node) => getComputedStyle(node));
    let below = [255, 255, 255], opacity = 1;
    for (const style of line) {
      below = over(over(below, numbers(style.backgroundColor)), numbers(style.backgroundImage));
      opacity *= Number(style.opacity);
    }
    const text = over(below, numbers(line.at(-1).color), opacity);
    const [bright, dark] = [light(text), light(below)].sort((a, b) => b - a);
    return (bright + 0.05) / (dark + 0.05);
  };
  const seen = (element) =>
    !element.closest(".hidden, .skip, option") && element.checkVisibility({ visibilityProperty: true });
  const written = (element) => [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
    .map((node) => node.data).join("").trim() || (element.matches("textarea, select, [type=number]") && element.value);
  return [...document.body.querySelectorAll("*")].filter((element) => written(element) && seen(element))
    .map((element) => [contrast(element), written(element), element.className])
    .sort((a, b) => a[0] - b[0]);
}
