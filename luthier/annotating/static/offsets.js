// Places in a text: Python counts code points, the browser UTF-16 units. 😀 is one and two.

export class Offsets {
  #starts = [0]; // the unit at which each code point begins, and at last the text's end

  constructor(text) {
    let unit = 0;
    for (const point of text) this.#starts.push((unit += point.length));
  }

  get length() {
    return this.#starts.length - 1;
  }

  // The unit at which a code point begins.
  unit(point) {
    return this.#starts[point];
  }

  // The code point that begins at a unit; of a unit inside one, the code point it belongs to.
  point(unit) {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
