// What is lit in a panel: an output token t, a source token s, or one square of both.
//
// Pointing lights for as long as the pointer stays; a token that has the keyboard's focus stays lit.
// Everything that shows tokens listens.

export class Selection {
  constructor() {
    this.listeners = [];
    this.pointed = null;
    this.focused = null;
  }

  get now() {
    return this.pointed ?? this.focused ?? { t: null, s: null };
  }

  listen(act) {
    this.listeners.push(act);
  }

  point(place) {
    this.change("pointed", place);
  }

  focus(place) {
    this.change("focused", place);
  }

  change(how, place) {
    this[how] = place;
    for (const act of this.listeners) act(this.now);
  }

  /** Light `place` while `node` is pointed at or has the focus. */
  attach(node, place) {
    node.addEventListener("pointerenter", () => this.point(place));
    node.addEventListener("pointerleave", () => this.point(null));
    node.addEventListener("focus", () => this.focus(place));
    node.addEventListener("blur", () => this.focus(null));
  }
}
