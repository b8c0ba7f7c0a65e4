import { z } from 'zod';

/**
 * The longest texts. Here a character is a UTF-16 unit; the CHECKs of the tables count characters of Unicode, of which
 * there are never more.
 */
export const maxLength = {
  /** Names, codes and keys; a line of an address. */
  line: 200,
  /** A SKU, a barcode, a vendor. */
  identifier: 255,
  handle: 255,
  /** RFC 5321: a path of 256 without its angle brackets. */
  email: 254,
  /** What somebody writes about an order or a delivery, or why a provider refused. */
  note: 1000,
  /** The name of a payment provider. */
  provider: 100,
  /** An id that a payment provider has given. */
  reference: 255,
  /** Such an id, and what sets a part of its transaction apart. */
  bookedReference: 280,
  /** Of a transaction that was not requested here: what it is, of which provider, and its reference. */
  bookedKey: 420,
  /** Of a product. */
  title: 500,
  /** Why an event was not delivered. */
  error: 2000,
} as const;

/** The largest amount, in minor units: ten trillion of a currency with cents. Sums of many fit a `bigint` column. */
export const maxAmountMinor = 10n ** 15n - 1n;

/** The longest description of a product, in bytes. */
export const maxHtmlBytes = 524_288;

/** The highest tax rate: ten times the price. */
export const maxRatePpm = 10_000_000;

/** The most units in one input: two such sums fit an `integer` column, and a third is refused. */
export const maxUnits = 1_000_000_000;

/** Of at most `max` characters, that PostgreSQL can store: without NUL, and without half of a surrogate pair. */
export function textUpTo(max: number) {
  return z.string().max(max).refine(isStorable, 'has a NUL character or half of a surrogate pair');
}

export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** A text of somebody else's program, without what cannot be stored, and cut after `max` characters. */
export function storable(text: string, max: number): string {
  return text.replaceAll('\0', '').slice(0, max).toWellFormed();
}

/** A line that may be empty; spaces around it are dropped. */
export const line = textUpTo(maxLength.line).trim();

/** A line that is not blank: a name, a street, a topic. */
export const name = line.min(1);

/** A SKU, exactly as it is. */
export const sku = textUpTo(maxLength.identifier).min(1);

/** The title of a product. */
export const title = textUpTo(maxLength.title).trim().min(1);

/** A SKU, a barcode, a vendor; spaces around it are dropped. */
export const identifier = textUpTo(maxLength.identifier).trim();

/** A description in HTML, as it is, of at most 512 KiB: the longest that the text search of PostgreSQL takes. */
export const html = textUpTo(maxHtmlBytes).refine(
  (text) => Buffer.byteLength(text) <= maxHtmlBytes,
  `has more than ${maxHtmlBytes} bytes`,
);

/** The address of an image, exactly as it is. */
export const webUrl = textUpTo(2048).regex(/^https?:\/\//, 'begins with neither http:// nor https://');

/** What the address of a product's page ends with. */
export const handle = textUpTo(maxLength.handle).min(1);

/** A text that is not blank. */
export const note = textUpTo(maxLength.note).trim().min(1);

/** The identity of a request or of an event, exactly as it is. */
export const key = textUpTo(maxLength.line).min(1);

/** An id that a payment provider has given, exactly as it is. */
export const reference = textUpTo(maxLength.reference).min(1);

/** What a payment provider says about a refusal: cut rather than refused, since it would be sent again for ever. */
export const providerReason = z.string().transform((reason) => storable(reason, maxLength.note));

/** The name of a payment provider, exactly as it is. */
export const providerName = textUpTo(maxLength.provider).min(1);

/** What stands for a card or an account at a payment provider; it is passed on, and not stored. */
export const paymentToken = textUpTo(10_000).min(1);

/** The cursor of a page. */
export const cursor = textUpTo(1000);

/** A word or a token that is compared, and never stored as it is. */
export const secret = textUpTo(256);

/** An e-mail address, as the CHECKs of the tables allow it. */
export const email = textUpTo(maxLength.email)
  .trim()
  .regex(/^[^@\s\p{Cc}\p{Cf}\p{Z}]+@[^@\s\p{Cc}\p{Cf}\p{Z}]+$/u, 'not an e-mail address');

/** An ISO 3166-1 alpha-2 code. */
export const countryCode = textUpTo(2).regex(/^[A-Z]{2}$/, 'not an ISO 3166-1 alpha-2 code');

/** An ISO 4217 code. */
export const currencyCode = textUpTo(3).regex(/^[A-Z]{3}$/, 'not an ISO 4217 code');

/** In minor units, 0 or more. */
export const amountMinor = z.bigint().nonnegative().max(maxAmountMinor);

/** In minor units, more than 0. */
export const positiveAmountMinor = z.bigint().positive().max(maxAmountMinor);

/** The id of a row of a ledger. */
export const ledgerId = z
  .bigint()
  .nonnegative()
  .max(2n ** 63n - 1n);

/** A whole number. */
export function wholeNumber(min: number, max: number) {
  return z.int().min(min).max(max);
}

/** A rate of tax in millionths: 190,000 is 19 %. */
export const taxRatePpm = wholeNumber(0, maxRatePpm);

/** Units of a variant. */
export const units = wholeNumber(1, maxUnits);

/** How many rows a page or a batch has at most. */
export const rows = wholeNumber(1, 100_000);

/** Where something stands among its siblings. */
export const position = wholeNumber(-maxUnits, maxUnits);

/** Up to a year. */
export const minutes = wholeNumber(1, 525_600);

/** Up to a century. */
export const days = wholeNumber(1, 36_500);

/** Up to a century. */
export const months = wholeNumber(1, 1200);

/** Up to a year. */
export const milliseconds = wholeNumber(0, 31_622_400_000);

/** A decimal number, not for amounts. */
export const decimal = z.number();

/** A time that every part of the shop can write. */
export const instant = z.date().min(new Date('1900-01-01T00:00:00Z')).max(new Date('9999-12-31T23:59:59Z'));

/** At most 10,000 unless told. */
export function listOf<Item extends z.ZodType>(item: Item, max = 10_000) {
  return z.array(item).max(max);
}

/** By name. */
export function recordOf<Value extends z.ZodType>(value: Value, max: number) {
  return z
    .record(name, value)
    .refine((record) => Object.keys(record).length <= max, `has more than ${max} entries`);
}

/** An object of a program, which has these methods. */
export function objectWith<Type extends object>(...methods: readonly (keyof Type & string)[]) {
  return z.custom<Type>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof Reflect.get(value, method) === 'function'),
    `not an object with ${methods.join(', ')}`,
  );
}

/** A function of a program. */
export function functionOf<Type>() {
  return z.custom<Type>((value) => typeof value === 'function', 'not a function');
}

/** A connection string; its parts are checked where it is used. */
export const databaseUrl = textUpTo(10_000);

/** An object of JSON: what it is called by names. */
export type JsonObject = Record<string, z.core.util.JSONType>;

/** The largest objects of JSON, in bytes of their text in UTF-8, and how deep they are. */
export const jsonLimits = {
  /** Detail that the shop keeps of what has happened. */
  detail: { maxBytes: 65_536, maxLevels: 20 },
  /** What the shop knows of a row for purposes of its own. */
  metadata: { maxBytes: 16_384, maxLevels: 10 },
  /** What a buyer wants of one line, such as an engraving. */
  properties: { maxBytes: 4096, maxLevels: 5 },
} as const;

/** JSON that the shop keeps. */
export const jsonObject = jsonUpTo(jsonLimits.detail);

/** For purposes of the shop's own. */
export const metadata = jsonUpTo(jsonLimits.metadata);

/** What sets a line of a cart apart from others of its variant. */
export const properties = jsonUpTo(jsonLimits.properties);

function jsonUpTo({ maxBytes, maxLevels }: { maxBytes: number; maxLevels: number }) {
  return z.custom<JsonObject>(
    (value) =>
      isPlainObject(value) &&
      isJson(value, maxLevels) &&
      Buffer.byteLength(JSON.stringify(value)) <= maxBytes,
    `not an object of JSON of at most ${maxBytes / 1024} KiB and ${maxLevels} levels`,
  );
}

function isJson(value: unknown, levels: number): boolean {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return isStorable(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, levels - 1));
  return (
    isPlainObject(value) &&
    Object.entries(value).every(([name, item]) => isStorable(name) && isJson(item, levels - 1))
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
