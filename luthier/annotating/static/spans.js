// Spans in a text, each with a label: select words, then press the label's key.

import { Labels } from "./choices.js";
import { make } from "./dom.js";
import { drawItem } from "./item.js";
import { MarkedText, drawSpans } from "./text.js";

export const HUES = 12;

export function hueOf(labels) {
  const numbers = new Map(labels.map((label, index) => [label, index % HUES]));
  return (label) => numbers.get(label) ?? 0;
}

export class Spans {
  constructor({ item, answer }, { shown, labels, words, value, say }) {
    this.words = words;
    this.say = say;
    this.spans = [...(value?.spans ?? [])];
    this.chosen = null;
    this.hue = hueOf(labels);
    const element = make("div", { id: "text", className: "data marked", tabIndex: 0, dir: "auto", role: "group",
      ariaLabel: words.text, attributes: { "aria-describedby": "hint" } });
    item.replaceChildren(...drawItem(shown, words, ["text"]), element);
    this.text = new MarkedText(element, shown.text, (number) => this.pick(number));
    this.choices = new Labels(answer, labels, { words, hue: this.hue, onChoose: (label) => this.label(label) });
    this.list = make("ul", { className: "found", ariaLabel: words.marked });
    // A finger on a button takes the selection away before the button hears of it.
    this.held = null;
    answer.addEventListener("pointerdown", () => (this.held = this.text.selection));
    answer.append(make("p", { id: "hint", className: "note", textContent: words.spanKeys }), this.list);
    this.draw();
  }

  get value() {
    return { spans: this.spans };
  }

  focus() {
    this.text.element.focus({ preventScroll: true });
  }

  watch() {
    this.text.watch();
  }

  // Give what is selected a label; without a selection, the chosen span.
  label(label) {
    const selected = this.text.selection ?? this.held;
    this.held = null;
    if (selected === null && this.chosen === null) {
      this.say(this.words.selectFirst);
      return;
    }
    if (selected === null) {
      this.spans[this.chosen] = { ...this.spans[this.chosen], label };
    } else if (this.spans.some(({ start, end }) => start < selected.end && selected.start < end)) {
      this.say(this.words.overlap);
      return;
    } else {
      this.chosen = this.spans.push({ ...selected, label }) - 1;
      this.text.unselect();
    }
    this.say("");
    this.draw();
  }

  pick(number) {
    this.chosen = this.chosen === number ? null : number;
    this.draw();
  }

  remove(number) {
    this.spans.splice(number, 1);
    this.chosen = null;
    this.draw();
    this.focus();
  }

  draw() {
    this.text.draw(this.spans, this.hue, (number) => this.isChosen(number));
    const order = [...this.spans.keys()].sort((a, b) => this.spans[a].start - this.spans[b].start);
    this.list.replaceChildren(...order.map((number) => this.#drawSpan(number)));
  }

  isChosen(number) {
    return number === this.chosen;
  }

  #drawSpan(number) {
    const { start, end, label } = this.spans[number];
    const words = make("bdi", { textContent: this.text.slice(start, end) });
    const tag = make("bdi", { className: "tag", textContent: label });
    const choose = make("button", { type: "button", className: `hue-${this.hue(label)}`, ariaPressed: String(this.isChosen(number)) }, words, " ", tag);
    choose.addEventListener("click", () => this.pick(number));
    const remove = make("button", { type: "button", className: "remove", ariaLabel: `${this.words.remove}: ${this.text.slice(start, end)}`, textContent: "×" });
    remove.addEventListener("click", () => this.remove(number));
    return make("li", {}, choose, remove);
  }

  key(event) {
    if (["Delete", "Backspace"].includes(event.key) && this.chosen !== null) {
      this.remove(this.chosen);
      return true;
    }
    return this.choices.key(event);
  }

  static tell(value, { shown, labels }) {
    return make("span", { className: "marked" }, ...drawSpans(shown.text, value.spans, hueOf(labels)));
  }
}
