// A text in which people mark spans: by mouse, by finger, or by keys with a caret of its own.

import { make } from "./dom.js";
import { Offsets } from "./offsets.js";

const WAYS = {
  ArrowLeft: ["left", "character"],
  ArrowRight: ["right", "character"],
  ArrowUp: ["backward", "line"],
  ArrowDown: ["forward", "line"],
  Home: ["backward", "lineboundary"],
  End: ["forward", "lineboundary"],
};

// The pieces of a text with spans {start, end, label}, which never overlap; `hue(label)` is a number.
export function drawSpans(text, spans, hue, isChosen = () => false) {
  const offsets = new Offsets(text);
  const slice = (start, end) => text.slice(offsets.unit(start), offsets.unit(end));
  const pieces = [];
  let end = 0;
  for (const number of [...spans.keys()].sort((a, b) => spans[a].start - spans[b].start)) {
    const span = spans[number];
    const kind = `span hue-${hue(span.label)}${isChosen(number) ? " chosen" : ""}`;
    // The label is drawn by the style sheet, so that it is no part of the text.
    const dataset = { label: span.label, number };
    pieces.push(slice(end, span.start), make("mark", { className: kind, dataset }, slice(span.start, span.end)));
    end = span.end;
  }
  return [...pieces, slice(end, offsets.length)];
}

export class MarkedText {
  #text;
  #offsets;
  #caret = make("i", { className: "caret", hidden: true, ariaHidden: "true" });

  // `onPick(number)` hears of a click on a span.
  constructor(element, text, onPick) {
    this.element = element;
    this.#text = text;
    this.#offsets = new Offsets(text);
    element.addEventListener("keydown", (event) => this.#move(event));
    element.addEventListener("focus", () => this.#drawCaret());
    element.addEventListener("blur", () => this.#drawCaret());
    element.addEventListener("click", (event) => {
      const mark = event.target.closest("mark.span");
      if (mark !== null && this.selection === null) onPick(Number(mark.dataset.number));
    });
  }

  slice(start, end) {
    return this.#text.slice(this.#offsets.unit(start), this.#offsets.unit(end));
  }

  // What is selected, in code points, without white space at its ends; null if nothing is.
  get selection() {
    if (!this.#isInside()) return null;
    let [start, end] = this.#ends().sort((a, b) => a - b);
    while (start < end && /\s/u.test(this.#text[start])) start += 1;
    while (end > start && /\s/u.test(this.#text[end - 1])) end -= 1;
    if (start === end) return null;
    const last = this.#offsets.point(end);
    // An end inside a surrogate pair takes the whole character.
    const isWhole = this.#offsets.unit(last) === end;
    return { start: this.#offsets.point(start), end: isWhole ? last : last + 1 };
  }

  unselect() {
    if (this.#isInside()) getSelection().collapseToEnd();
  }

  draw(spans, hue, isChosen) {
    const ends = this.#isInside() ? this.#ends() : null;
    this.element.replaceChildren(...drawSpans(this.#text, spans, hue, isChosen), this.#caret);
    if (ends !== null) getSelection().setBaseAndExtent(...this.#place(ends[0]), ...this.#place(ends[1]));
    this.#drawCaret();
  }

  // To be called whenever the page's selection changed.
  watch() {
    this.#drawCaret();
  }

  // Arrows move, with Shift they select; with Ctrl or Alt they go by words, as the language has them.
  #move(event) {
    if (!(event.key in WAYS) || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const selection = getSelection();
    if (!this.#isInside()) selection.collapse(...this.#place(0));
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
    const [way, by] = WAYS[event.key];
    const isByWord = by === "character" && (event.ctrlKey || event.altKey);
    selection.modify(event.shiftKey ? "extend" : "move", way, isByWord ? "word" : by);
    if (!this.#isInside()) selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
    this.#drawCaret();
  }

  #isInside() {
    const { rangeCount, anchorNode, focusNode } = getSelection();
    return rangeCount > 0 && this.element.contains(anchorNode) && this.element.contains(focusNode);
  }

  // Where the selection begins and where it is being moved, in UTF-16 units.
  #ends() {
    const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
    return [[anchorNode, anchorOffset], [focusNode, focusOffset]].map(([node, offset]) => {
      const before = document.createRange();
      before.setStart(this.element, 0);
      before.setEnd(node, offset);
      return before.toString().length;
    });
  }

  // The text node of a unit, and the place in it.
  #place(unit) {
    const walker = document.createTreeWalker(this.element, NodeFilter.SHOW_TEXT);
    let left = unit;
    while (walker.nextNode()) {
      if (left <= walker.currentNode.length) return [walker.currentNode, left];
      left -= walker.currentNode.length;
    }
    return [this.element, 0];
  }

  // Browsers draw no caret in a text that cannot be edited.
  #drawCaret() {
    this.#caret.hidden = document.activeElement !== this.element || !this.#isInside();
    if (this.#caret.hidden) return;
    const here = document.createRange();
    here.setStart(getSelection().focusNode, getSelection().focusOffset);
    const frame = this.element.getBoundingClientRect();
    const box = here.getClientRects()[0] ?? frame;
    Object.assign(this.#caret.style, {
      left: `${box.left - frame.left - this.element.clientLeft}px`,
      top: `${box.top - frame.top - this.element.clientTop}px`,
      height: `${box.height}px`,
    });
  }
}
