// The page on which somebody decides what people do not agree on, their answers side by side.

import { make } from "./dom.js";
import { Desk } from "./desk.js";

const at = (id) => document.getElementById(id);

const desk = new Desk({
  send: async (value) => follow(await desk.ask("decide", { item: desk.item.id, value })),
});

function follow({ item, answers, left }) {
  const { words } = desk;
  at("told").textContent = item === null ? "" : words.undecided.replace("{left}", left.toLocaleString());
  desk.show(item, null);
  at("tools").hidden = item === null;
  at("opinions").replaceChildren(...answers.map((answer) => drawOpinion(item, answer)));
  if (item === null) at("item").replaceChildren(make("p", { className: "headline", textContent: words.decided }));
}

function drawOpinion(item, { by, value, note }) {
  const said = make("div", { className: "data", dir: "auto" }, desk.kind.tell(value, desk.about(item)));
  const take = make("button", { type: "button", textContent: desk.words.take, ariaLabel: `${desk.words.take}: ${by}` });
  // What can be mended by hand is put before the person first.
  take.addEventListener("click", () => (at("confirm").hidden ? desk.submit(value) : desk.show(item, value)));
  const name = make("h2", { className: "caption" }, make("bdi", { textContent: by }));
  const beside = note === "" ? [] : [make("p", { className: "note data", textContent: note })];
  return make("section", { className: "opinion", ariaLabel: by }, name, said, ...beside, take);
}

at("later").addEventListener("click", () =>
  desk.run(async () => follow(await desk.ask("later", { item: desk.item.id }))));
desk.keys.s = () => at("later").click();
desk.run(async () => follow(await desk.ask("disputed")));
