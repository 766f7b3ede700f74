// Elements in one call. What comes from data is only ever set as text, never as HTML.

export function make(tag, properties = {}, ...children) {
  const { dataset = {}, attributes = {}, ...own } = properties;
  const element = Object.assign(document.createElement(tag), own);
  Object.assign(element.dataset, dataset);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// A button with its key on it; a name from data keeps its own direction.
export function keyButton(key, name, properties = {}) {
  const cap = key === "" ? [] : [make("kbd", { textContent: key.toUpperCase() })];
  return make("button", { type: "button", ...properties }, ...cap, make("bdi", { textContent: name }));
}
