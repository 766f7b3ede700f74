// Relations between spans: choose a head and a tail, then press the relation's key.

import { Labels } from "./choices.js";
import { make } from "./dom.js";
import { Spans } from "./spans.js";

export class Relations extends Spans {
  constructor(places, asked) {
    super(places, asked);
    this.relations = [...(asked.value?.relations ?? [])];
    this.pair = [];
    const { words } = asked;
    this.kinds = new Labels(places.answer, asked.options.relation_labels, { words, title: words.relations, onChoose: (label) => this.relate(label) });
    this.drawn = make("ul", { className: "found relations", ariaLabel: words.relations });
    places.answer.append(make("p", { className: "note", textContent: words.relationKeys }), this.drawn);
    this.draw();
  }

  get value() {
    return { spans: this.spans, relations: this.relations };
  }

  isChosen(number) {
    return this.pair?.includes(number) || super.isChosen(number);
  }

  // The first span chosen is the head, the second the tail; the third begins anew.
  pick(number) {
    if (this.pair.includes(number)) this.pair = this.pair.filter((one) => one !== number);
    else this.pair = this.pair.length === 2 ? [number] : [...this.pair, number];
    this.chosen = this.pair.length === 1 ? this.pair[0] : null;
    this.draw();
  }

  label(label) {
    const count = this.spans.length;
    super.label(label);
    if (this.spans.length > count) this.pair = [];
    this.draw();
  }

  relate(label) {
    if (this.pair.length !== 2) {
      this.say(this.words.chooseTwo);
      return;
    }
    const [head, tail] = this.pair;
    this.relations = this.relations.filter((one) => one.head !== head || one.tail !== tail);
    this.relations.push({ head, tail, label });
    this.pair = [];
    this.say("");
    this.draw();
  }

  // A span takes its relations with it; those behind it move up by one.
  remove(number) {
    const moved = (one) => (one > number ? one - 1 : one);
    this.relations = this.relations
      .filter(({ head, tail }) => head !== number && tail !== number)
      .map(({ head, tail, label }) => ({ head: moved(head), tail: moved(tail), label }));
    this.pair = [];
    super.remove(number);
  }

  draw() {
    super.draw();
    this.drawn?.replaceChildren(...this.relations.map((relation, index) => this.#drawRelation(relation, index)));
  }

  #drawRelation({ head, tail, label }, index) {
    const words = [head, tail].map((number) => this.text.slice(this.spans[number].start, this.spans[number].end));
    const remove = make("button", { type: "button", className: "remove", ariaLabel: `${this.words.remove}: ${words.join(" → ")}`, textContent: "×" });
    remove.addEventListener("click", () => {
      this.relations.splice(index, 1);
      this.draw();
      this.focus();
    });
    return make("li", {}, ...drawArrow(...words, label), remove);
  }

  key(event) {
    const isPair = this.pair.length === 2 && this.text.selection === null;
    if (isPair && !["Delete", "Backspace"].includes(event.key)) return this.kinds.key(event);
    return super.key(event);
  }

  static tell(value, asked) {
    const said = ({ start, end }) => [...asked.shown.text].slice(start, end).join("");
    const relations = value.relations.map(({ head, tail, label }) =>
      make("li", {}, ...drawArrow(said(value.spans[head]), said(value.spans[tail]), label)));
    return make("div", {}, Spans.tell(value, asked), make("ul", { className: "found relations" }, ...relations));
  }
}

function drawArrow(head, tail, label) {
  const arrow = make("span", { className: "arrow" }, make("bdi", { className: "tag", textContent: label }), " →");
  return [make("bdi", { textContent: head }), arrow, make("bdi", { textContent: tail })];
}
