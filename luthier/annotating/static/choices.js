// Questions answered with one key: one label, several labels, a rating, the better of two.

import { keyButton, make } from "./dom.js";
import { drawItem, drawValue } from "./item.js";
import { indexOf, keyOf } from "./keys.js";

const FILTER_FROM = 20; // labels; with more of them, people find one by typing a part of its name

// Buttons for labels, numbered anew when some are filtered out.
export class Labels {
  #buttons;
  #filter = null;

  // `name(label)` is what its button says, `hue(label)` the number of its colour or null.
  constructor(host, labels, { words, title = words.labels, name = String, hue = () => null, onChoose }) {
    this.onChoose = onChoose;
    this.#buttons = labels.map((label) => {
      const colour = hue(label) === null ? "" : ` hue-${hue(label)}`;
      const button = keyButton("", name(label), { className: `choice${colour}` });
      button.addEventListener("click", () => onChoose(label));
      button.label = label;
      return button;
    });
    const isMany = labels.length > FILTER_FROM;
    const group = make("div", { className: `choices${isMany ? " many" : ""}`, role: "group", ariaLabel: title }, ...this.#buttons);
    if (isMany) host.append(this.#makeFilter(words));
    host.append(group);
    this.#number();
  }

  press(chosen) {
    for (const button of this.#buttons) button.ariaPressed = String(chosen.includes(button.label));
  }

  key(event) {
    if (event.key === "/" && this.#filter !== null) {
      this.#filter.focus();
      return true;
    }
    const button = this.#shown()[indexOf(event)];
    if (button === undefined) return false;
    this.onChoose(button.label);
    return true;
  }

  #shown() {
    return this.#buttons.filter((button) => !button.hidden);
  }

  #makeFilter(words) {
    this.#filter = make("input", { className: "filter", type: "search", placeholder: words.filter, ariaLabel: words.filter });
    this.#filter.addEventListener("input", () => {
      const part = this.#filter.value.trim().toLowerCase();
      for (const button of this.#buttons) button.hidden = !button.label.toLowerCase().includes(part);
      this.#number();
    });
    this.#filter.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      const [first] = this.#shown();
      if (first !== undefined) this.onChoose(first.label);
    });
    return this.#filter;
  }

  #number() {
    for (const [index, button] of this.#shown().entries()) {
      button.querySelector("kbd")?.remove();
      const key = keyOf(index);
      if (key !== "") button.prepend(make("kbd", { textContent: key.toUpperCase() }));
    }
  }
}

// One label: its key answers.
export class Classes {
  constructor({ item, answer }, { shown, labels, words, value, submit }) {
    item.replaceChildren(...drawItem(shown, words));
    this.value = value;
    this.choices = new Labels(answer, labels, { words, onChoose: (label) => submit({ label }) });
    if (value !== null) this.choices.press([value.label]);
  }

  key(event) {
    return this.choices.key(event);
  }

  static tell(value) {
    return value.label;
  }
}

// Any number of labels: their keys switch them on and off, Enter answers.
export class LabelSets {
  constructor({ item, answer }, { shown, labels, words, value }) {
    item.replaceChildren(...drawItem(shown, words));
    this.labels = labels;
    this.chosen = new Set(value?.labels ?? []);
    this.choices = new Labels(answer, labels, { words, onChoose: (label) => this.toggle(label) });
    this.choices.press([...this.chosen]);
  }

  get value() {
    return { labels: this.labels.filter((label) => this.chosen.has(label)) };
  }

  toggle(label) {
    if (!this.chosen.delete(label)) this.chosen.add(label);
    this.choices.press([...this.chosen]);
  }

  key(event) {
    return this.choices.key(event);
  }

  static tell(value, { words }) {
    return value.labels.join(", ") || words.none;
  }
}

// A number: on a scale up to 9 its own key answers.
export class Rating {
  constructor({ item, answer }, { shown, labels, words, value, submit }) {
    item.replaceChildren(...drawItem(shown, words));
    this.value = value;
    const scores = labels.map(Number);
    this.isDigits = scores.every((score) => 0 <= score && score <= 9);
    const buttons = scores.map((score) => {
      const button = make("button", { type: "button", className: "choice score", textContent: score });
      button.ariaPressed = String(value?.score === score);
      button.addEventListener("click", () => submit({ score }));
      return button;
    });
    this.buttons = new Map(scores.map((score, index) => [score, buttons[index]]));
    answer.append(make("div", { className: "choices scale", role: "group", ariaLabel: words.scale }, ...buttons));
    answer.append(make("p", { className: "note", textContent: this.isDigits ? words.scaleKeys : words.scaleArrows }));
  }

  key(event) {
    if (this.isDigits && /^\d$/.test(event.key)) {
      this.buttons.get(Number(event.key))?.click();
      return true;
    }
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return false;
    const buttons = [...this.buttons.values()];
    const here = buttons.indexOf(document.activeElement);
    const next = here === -1 ? (step > 0 ? 0 : buttons.length - 1) : here + step;
    buttons[Math.max(0, Math.min(next, buttons.length - 1))].focus();
    return true;
  }

  static tell(value) {
    return String(value.score);
  }
}

const SIDES = { A: ["1", "a", "ArrowLeft"], B: ["2", "b", "ArrowRight"], tie: ["3", "0", "="] };

// The better of two answers, which stand side by side: 1 or the left arrow, 2 or the right one.
export class Preference {
  constructor({ item, answer }, { shown, labels, words, value, submit }) {
    const sides = ["A", "B"].map((side) => make("section", { className: "side", ariaLabel: words.sides[side] },
      make("h2", { className: "caption", textContent: words.sides[side] }), drawValue(shown[side], words)));
    item.replaceChildren(...drawItem(shown, words, ["A", "B"]), make("div", { className: "sides" }, ...sides));
    this.value = value;
    this.labels = labels;
    this.submit = submit;
    const buttons = labels.map((side) => {
      const button = keyButton(SIDES[side][0], words.better[side], { className: "choice" });
      button.ariaPressed = String(value?.preferred === side);
      button.addEventListener("click", () => submit({ preferred: side }));
      return button;
    });
    answer.append(make("div", { className: "choices even", role: "group", ariaLabel: words.labels }, ...buttons));
  }

  key(event) {
    const side = this.labels.find((one) => SIDES[one].includes(event.key));
    if (side === undefined) return false;
    this.submit({ preferred: side });
    return true;
  }

  static tell(value, { words }) {
    return words.better[value.preferred];
  }
}
