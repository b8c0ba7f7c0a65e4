const two32 = 4_294_967_296;

/** Strings up to this length are copied by a loop: a call into Buffer costs more than that. */
const shortText = 40;

/** A buffer that grows, is written front to back in network byte order, and can be used again after `reset`. */
export class RowBuffer {
  #buffer: Buffer;
  #position = 0;

  constructor(capacityBytes: number) {
    this.#buffer = Buffer.allocUnsafeSlow(capacityBytes);
  }

  get length(): number {
    return this.#position;
  }

  /** What was written so far; valid until the next write. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#position);
  }

  /** Forgets everything. */
  reset(): void {
    this.#position = 0;
  }

  int8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#position++] = value;
  }

  int16(value: number): void {
    this.#reserve(2);
    this.#position = this.#buffer.writeInt16BE(value, this.#position);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#word(value);
  }

  /** A 64-bit integer from a safe integer. */
  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / two32);
    this.#word(high);
    this.#word(value - high * two32);
  }

  bigInt64(value: bigint): void {
    this.#reserve(8);
    this.#position = this.#buffer.writeBigInt64BE(value, this.#position);
  }

  float32(value: number): void {
    this.#reserve(4);
    this.#position = this.#buffer.writeFloatBE(value, this.#position);
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#position = this.#buffer.writeDoubleBE(value, this.#position);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** UTF-8 text, with a byte in front of it if `prefix` is given, behind the length of both. */
  text(value: string, prefix?: number): void {
    const extra = prefix === undefined ? 0 : 1;
    // A UTF-16 unit becomes at most three bytes.
    this.#reserve(5 + value.length * 3);
    const start = this.#position + 4 + extra;
    if (prefix !== undefined) this.#buffer[start - 1] = prefix;
    const length = this.#ascii(value, start) ? value.length : this.#buffer.write(value, start, 'utf8');
    this.#word(length + extra);
    this.#position = start + length;
  }

  /** Leaves room for a length, runs `write`, and fills the length in. */
  sized(write: () => void): void {
    this.int32(0);
    const start = this.#position;
    write();
    this.#buffer.writeInt32BE(this.#position - start, start - 4);
  }

  /** Copies short text byte by byte; false if it is long or not plain ASCII, and nothing counts then. */
  #ascii(value: string, start: number): boolean {
    if (value.length > shortText) return false;
    const buffer = this.#buffer;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      buffer[start + i] = code;
    }
    return true;
  }

  /** Four bytes, most significant first; a store a byte is faster than `writeInt32BE` with its checks. */
  #word(value: number): void {
    const buffer = this.#buffer;
    const at = this.#position;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
    this.#position = at + 4;
  }

  #reserve(bytes: number): void {
    if (this.#position + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#position + bytes));
    this.#buffer.copy(larger, 0, 0, this.#position);
    this.#buffer = larger;
  }
}
