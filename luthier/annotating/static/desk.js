// One question before one person: shown, answered by mouse or keys, kept by the server.

import { KINDS } from "./kinds.js";
import { Refused, ask } from "./server.js";

const at = (id) => document.getElementById(id);

export class Desk {
  #busy = false;
  #start = 0;

  // `send(value)` asks the server to keep an answer, and gives what to show next.
  constructor({ send }) {
    const { dataset } = at("desk");
    this.asked = JSON.parse(dataset.asked);
    this.words = JSON.parse(dataset.words);
    this.send = send;
    this.question = null;
    at("confirm").addEventListener("click", () => this.confirm());
    at("help").addEventListener("click", () => at("keys").showModal());
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("selectionchange", () => this.question?.watch?.());
    const guidelines = at("guidelines");
    if (guidelines !== null && matchMedia("(max-width: 60rem)").matches) guidelines.open = false;
    this.keys = { "?": () => at("help").click() };
  }

  get kind() {
    return KINDS[this.asked.kind];
  }

  get seconds() {
    return (performance.now() - this.#start) / 1000;
  }

  // What a question and an answer are drawn from.
  about(item, value = item.answer ?? item.suggestion) {
    return {
      ...this.asked,
      shown: item.shown,
      value,
      words: this.words,
      submit: (given) => this.submit(given),
      say: (sentence) => this.say(sentence),
    };
  }

  // Put an item before the person; null: there is none.
  show(item, value) {
    this.item = item;
    at("answer").replaceChildren();
    this.say("");
    at("confirm").hidden = item === null;
    if (item === null) {
      this.question = null;
      return;
    }
    // A new element, so that nothing of the last question stays, not even a handler.
    const place = at("item").cloneNode(false);
    at("item").replaceWith(place);
    this.question = new this.kind({ item: place, answer: at("answer") }, this.about(item, value));
    // What one key answers needs no confirming, unless there is an answer to begin from.
    at("confirm").hidden = !this.question.value;
    this.#start = performance.now();
    if (this.question.focus) this.question.focus();
    else at("content").focus({ preventScroll: true });
  }

  confirm() {
    if (this.question?.value) this.submit(this.question.value);
    else if (this.item) this.say(this.words.chooseFirst);
  }

  submit(value) {
    return this.run(() => this.send(value));
  }

  // One request at a time; what it says is told where it can be seen and heard.
  async run(request) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await request();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.say(error.message);
    } finally {
      this.#busy = false;
    }
  }

  ask(what, content = {}) {
    return ask(what, { by: this.asked.by, ...content }, this.words);
  }

  say(sentence) {
    at("fault").textContent = sentence;
    at("fault").hidden = sentence === "";
  }

  #key(event) {
    const { target } = event;
    if (event.isComposing || event.defaultPrevented || at("keys").open) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return this.#take(event, () => this.confirm());
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches("input, textarea, select")) {
      if (event.key === "Escape") this.#take(event, () => at("content").focus());
      return;
    }
    const own = this.keys[event.key.toLowerCase()];
    if (own !== undefined) return this.#take(event, own);
    const isControl = target.matches("button, a, summary");
    if (event.key === "Enter" && !isControl) return this.#take(event, () => this.confirm());
    if (this.question?.key(event)) event.preventDefault();
  }

  #take(event, act) {
    event.preventDefault();
    act();
  }
}
