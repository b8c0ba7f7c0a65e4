/** One message of PostgreSQL's protocol, with its type and its length. */
export interface Frame {
  /** Undefined for the first message of a session, which has no type. */
  type: string | undefined;
  bytes: Buffer;
}

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #isUntyped: boolean;

  /** @param isUntyped whether the stream begins with messages without a type, as that of a client does */
  constructor(isUntyped: boolean) {
    this.#isUntyped = isUntyped;
  }

  /** The messages that are complete with these bytes. */
  read(bytes: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    for (;;) {
      const header = this.#isUntyped ? 0 : 1;
      if (this.#rest.length < header + 4) return frames;
      const end = header + this.#rest.readInt32BE(header);
      if (this.#rest.length < end) return frames;
      const frame = this.#rest.subarray(0, end);
      this.#rest = this.#rest.subarray(end);
      frames.push({ type: header === 0 ? undefined : String.fromCharCode(frame[0] ?? 0), bytes: frame });
      this.#isUntyped = false;
    }
  }
}

/** The SQL of a Query or Parse message; undefined for others. */
export function sqlOf({ type, bytes }: Frame): string | undefined {
  if (type === 'Q') return textAt(bytes, 5);
  if (type !== 'P') return undefined;
  return textAt(bytes, bytes.indexOf(0, 5) + 1);
}

function textAt(bytes: Buffer, start: number): string {
  return bytes.toString('utf8', start, bytes.indexOf(0, start));
}

/** A Query message. */
export function queryMessage(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const bytes = Buffer.alloc(5 + text.length);
  bytes.write('Q');
  bytes.writeInt32BE(4 + text.length, 1);
  text.copy(bytes, 5);
  return bytes;
}

/** The first field of a DataRow message as text; null for SQL's null. */
export function firstField({ bytes }: Frame): string | null {
  const length = bytes.readInt32BE(7);
  return length < 0 ? null : bytes.toString('utf8', 11, 11 + length);
}
