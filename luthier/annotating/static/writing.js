// An answer in words. Enter begins a line, Ctrl+Enter answers, Escape leaves the box for the keys.

import { make } from "./dom.js";
import { drawItem } from "./item.js";

export class FreeAnswer {
  constructor({ item, answer }, { shown, options, words, value }) {
    item.replaceChildren(...drawItem(shown, words));
    this.box = make("textarea", { id: "written", rows: 5, dir: "auto", value: value?.text ?? "", maxLength: options.max_length });
    answer.append(make("label", { htmlFor: "written", className: "caption", textContent: words.answer }), this.box);
    const isQuestion = "context" in shown && "question" in shown;
    answer.append(make("p", { className: "note", textContent: isQuestion ? words.takeFrom : words.writeKeys }));
    if (isQuestion) item.addEventListener("mouseup", () => this.#take(item));
  }

  // An answer that must stand in the passage is taken from it by selecting it.
  #take(item) {
    const selection = getSelection();
    const text = selection.toString().trim();
    if (text !== "" && item.contains(selection.anchorNode) && item.contains(selection.focusNode)) this.box.value = text;
  }

  get value() {
    return { text: this.box.value };
  }

  focus() {
    this.box.focus();
  }

  key() {
    return false;
  }

  static tell(value) {
    return value.text;
  }
}
