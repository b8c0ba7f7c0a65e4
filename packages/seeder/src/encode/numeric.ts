import type { RowBuffer } from './row-buffer.ts';

const decimal = /^(-?)0*(\d*)(?:\.(\d*))?$/;

/** Writes decimal text as PostgreSQL's `numeric`: groups of four decimal digits, a weight, a sign, a scale. */
export function writeNumeric(out: RowBuffer, text: string): void {
  const match = decimal.exec(text);
  if (match === null || !/\d/.test(text)) throw new TypeError('is not a decimal number');
  const [, sign = '', whole = '', fraction = ''] = match;

  // Pad both sides of the point to whole groups of four.
  const wholeGroups = Math.ceil(whole.length / 4);
  const digits =
    whole.padStart(wholeGroups * 4, '0') + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0');
  const groups: number[] = [];
  for (let i = 0; i < digits.length; i += 4) groups.push(Number(digits.slice(i, i + 4)));

  let first = 0;
  while (first < groups.length && groups[first] === 0) first++;
  let last = groups.length;
  while (last > first && groups[last - 1] === 0) last--;

  out.int32(8 + (last - first) * 2);
  out.int16(last - first);
  out.int16(first === last ? 0 : wholeGroups - 1 - first);
  out.int16(sign === '-' && first !== last ? 0x4000 : 0);
  out.int16(fraction.length);
  for (let i = first; i < last; i++) out.int16(groups[i] as number);
}
