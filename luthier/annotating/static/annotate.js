// The page on which people annotate: one item after the other, each kept before the next is shown.

import { make } from "./dom.js";
import { Desk } from "./desk.js";

const at = (id) => document.getElementById(id);

const desk = new Desk({
  send: async (value) => follow(await desk.ask("answer", { item: desk.item.id, value, seconds: desk.seconds })),
});

function follow({ item, progress }) {
  const { mine, left, skipped } = progress;
  const told = desk.words.progress.replace("{done}", mine.toLocaleString()).replace("{left}", left.toLocaleString());
  at("progress").max = Math.max(1, mine + left);
  at("progress").value = mine;
  at("told").textContent = told;
  desk.show(item);
  at("skip").hidden = item === null;
  if (item === null) rest(left, skipped);
  else at("status").textContent = told;
}

function rest(left, skipped) {
  const { words } = desk;
  const sentence = left > 0 ? words.elsewhere : words.finished;
  at("item").replaceChildren(
    make("p", { className: "headline", textContent: words.done }),
    make("p", { textContent: sentence }),
    ...(skipped > 0 ? [make("p", { textContent: words.skipped.replace("{count}", skipped) })] : []),
  );
}

function act(name, request) {
  at(name).addEventListener("click", () => desk.run(request));
  desk.keys[name[0]] = () => at(name).click();
}

act("undo", async () => {
  const found = await desk.ask("undo");
  if (found.item === null) desk.say(desk.words.nothing);
  else follow(found);
});
act("skip", async () => {
  if (desk.item) follow(await desk.ask("skip", { item: desk.item.id, seconds: desk.seconds }));
});
desk.run(async () => follow(await desk.ask("next")));
