/** A UUID as four 32-bit words: cheap to make, compare and write by the million. `toString` gives the usual text. */
export class Uuid {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;

  constructor(a: number, b: number, c: number, d: number) {
    this.a = a >>> 0;
    this.b = b >>> 0;
    this.c = c >>> 0;
    this.d = d >>> 0;
  }

  /**
   * Reads the text form, with or without dashes.
   *
   * @throws TypeError for anything else
   */
  static parse(text: string): Uuid {
    const hex = text.replaceAll('-', '');
    if (!/^[0-9a-f]{32}$/i.test(hex)) throw new TypeError(`${JSON.stringify(text)} is not a UUID`);
    const word = (i: number) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16);
    return new Uuid(word(0), word(1), word(2), word(3));
  }

  toString(): string {
    const hex = [this.a, this.b, this.c, this.d].map((word) => word.toString(16).padStart(8, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  toJSON(): string {
    return this.toString();
  }
}
