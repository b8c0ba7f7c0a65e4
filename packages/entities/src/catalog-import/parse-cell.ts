import { slug } from '../catalog/slug.ts';

/** The value of a cell, or the reason why it has none. */
export type Parsed<T> = { readonly value: T } | { readonly reason: string };

/** `true` or `false`, in any case; an empty cell is false, as in Shopify. */
export function parseBoolean(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (word === 'true') return { value: true };
  if (word === 'false' || word === '') return { value: false };
  return { reason: 'is neither true nor false' };
}

/** A whole number from 0 to 1,000,000,000, so that sums fit an `integer` column. */
export function parseCount(text: string): Parsed<number> {
  if (/^-\d+$/.test(text)) return { reason: 'is negative' };
  if (!/^\d+$/.test(text)) return { reason: 'is not a whole number' };
  return upTo(maxCount, Number(text));
}

/** A weight in grams, rounded to whole grams; an empty cell is 0. */
export function parseGrams(text: string): Parsed<number> {
  if (!/^(\d+(\.\d+)?)?$/.test(text)) return { reason: 'is not a weight in grams' };
  return upTo(maxCount, Math.round(Number(text)));
}

/** A position from 1. */
export function parsePosition(text: string): Parsed<number> {
  const count = parseCount(text);
  return 'value' in count && count.value < 1 ? { reason: 'is not a position from 1' } : count;
}

/** A parser of one of these words, in any case; an empty cell is the first one. */
export function parseWord<T extends string>(words: readonly [T, ...T[]]): (text: string) => Parsed<T> {
  return (text) => {
    const value = text === '' ? words[0] : words.find((word) => word === text.toLowerCase());
    return value === undefined ? { reason: `is not one of ${words.join(', ')}` } : { value };
  };
}

/** A code: words of a-z and 0-9, joined by hyphens. */
export function parseSlug(text: string): Parsed<string> {
  const { data } = slug.safeParse(text);
  return data === undefined ? { reason: 'is not words of a-z and 0-9, joined by hyphens' } : { value: data };
}

/** An http(s) URL of at most 2,048 bytes. */
export function parseImageUrl(text: string): Parsed<string> {
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\/\S+$/.test(text)) return { reason: 'is not an http(s) URL' };
  if (Buffer.byteLength(text) > 2048) return { reason: 'is longer than 2048 bytes' };
  return { value: text };
}

/** A parser that returns `empty` for an empty cell. */
export function orEmpty<T, E>(
  empty: E,
  parser: (text: string) => Parsed<T>,
): (text: string) => Parsed<T | E> {
  return (text) => (text === '' ? { value: empty } : parser(text));
}

const maxCount = 1_000_000_000;

function upTo(limit: number, value: number): Parsed<number> {
  return value <= limit ? { value } : { reason: `is more than ${limit}` };
}
