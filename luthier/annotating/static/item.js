// What there is to read of an item: texts, conversations, and any other field by its name.

import { make } from "./dom.js";

// A node for one value of a row.
export function drawValue(value, words) {
  if (typeof value === "string") return make("p", { className: "data", textContent: value, dir: "auto" });
  if (isConversation(value)) return drawTurns(value, words);
  return make("p", { className: "data", textContent: JSON.stringify(value) });
}

// All fields in order, but those that a question shows in its own way.
export function drawItem(shown, words, but = []) {
  const names = Object.keys(shown).filter((name) => !but.includes(name));
  return names.map((name) => {
    const alone = names.length === 1 && name === "text";
    const caption = make("h2", { className: "caption", textContent: words.fields[name] ?? name });
    return make("div", { className: "field" }, ...(alone ? [] : [caption]), drawValue(shown[name], words));
  });
}

function isConversation(value) {
  return Array.isArray(value) && value.length > 0 && value.every((turn) => turn?.role && "content" in turn);
}

function drawTurns(turns, words) {
  const items = turns.map(({ role, content }) => {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    const said = make("p", { className: "data", textContent: text, dir: "auto" });
    return make("li", { className: `turn ${role === "user" ? "user" : "other"}` },
      make("span", { className: "tag", textContent: words.roles[role] ?? role }), said);
  });
  return make("ol", { className: "talk" }, ...items);
}
