// Which key stands for which choice. U, S and ? belong to the page itself.

const KEYS = [..."1234567890qwertyiopadfghjklzxcvbnm"];

export function keyOf(index) {
  return KEYS[index] ?? "";
}

export function indexOf(event) {
  return KEYS.indexOf(event.key.toLowerCase());
}
