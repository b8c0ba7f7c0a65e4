import { type ScanToken, scanSync } from 'libpg-query';
import { escapeIdentifier } from 'pg';

/** SQL text with its tokens. The parser counts in bytes of UTF-8, and so do all positions here. */
export class SqlText {
  readonly text: string;
  readonly #bytes: Buffer;
  #tokens: ScanToken[] | undefined;

  constructor(text: string) {
    this.text = text;
    this.#bytes = Buffer.from(text);
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Without comments, which would swallow what is written behind them, and the blanks around it. */
  slice(start: number, end: number): string {
    let code = '';
    let at = start;
    for (const comment of this.tokens(start, end).filter(isComment)) {
      code += `${this.whole(at, comment.start).trimEnd()} `;
      at = comment.end;
    }
    return (code + this.whole(at, end)).trim();
  }

  whole(start: number, end: number): string {
    return this.#bytes.subarray(start, end).toString();
  }

  /** The characters before a byte. */
  before(end: number): string {
    return this.#bytes.subarray(0, end).toString();
  }

  /** Comments are tokens too. */
  tokens(start = 0, end = this.length): ScanToken[] {
    // The scanner takes no empty text.
    this.#tokens ??= this.text === '' ? [] : scanSync(this.text).tokens;
    return this.#tokens.filter((token) => token.start >= start && token.end <= end);
  }

  /** Where the tokens between two bytes are separated by commas outside of brackets: `[start, end]` of each part. */
  parts(start: number, end: number): [number, number][] {
    const parts: [number, number][] = [];
    let depth = 0;
    let from = start;
    for (const token of this.tokens(start, end)) {
      if (isComment(token)) continue;
      if (token.text === '(' || token.text === '[') depth++;
      if (token.text === ')' || token.text === ']') depth--;
      if (token.text !== ',' || depth > 0) continue;
      parts.push([from, token.start]);
      from = token.end;
    }
    return [...parts, [from, end]];
  }
}

export function isComment({ tokenName }: ScanToken): boolean {
  return tokenName === 'SQL_COMMENT' || tokenName === 'C_COMMENT';
}

/** A name for SQL, quoted where it needs to be. */
export function quoted(name: string): string {
  const isPlain = /^[a-z_][a-z0-9_$]*$/.test(name) && scanSync(name).tokens[0]?.keywordKind === 0;
  return isPlain ? name : escapeIdentifier(name);
}

const longestName = 63;

/** A name as PostgreSQL makes it up of parts: the longer of the first two gives way where it is too long. */
export function madeUpName(table: string, columns: string, label: string): string {
  let [first, second] = [table, columns];
  const length = (): number =>
    Buffer.byteLength(first) + (second === '' ? 0 : Buffer.byteLength(second) + 1) + label.length + 1;
  while (length() > longestName) {
    if (Buffer.byteLength(first) > Buffer.byteLength(second)) first = first.slice(0, -1);
    else second = second.slice(0, -1);
  }
  return [first, second, label].filter((part) => part !== '').join('_');
}
