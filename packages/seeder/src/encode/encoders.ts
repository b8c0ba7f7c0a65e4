import { Uuid } from '../random/uuid.ts';
import { writeInet } from './inet.ts';
import { writeNumeric } from './numeric.ts';
import type { RowBuffer } from './row-buffer.ts';
import type { Value } from './value.ts';

/**
 * Writes one value that is not null, its length in bytes first.
 *
 * @throws TypeError that says what the value is not
 */
export type Encoder = (out: RowBuffer, value: Exclude<Value, null>) => void;

const dayMs = 86_400_000;
/** 2000-01-01, from which PostgreSQL counts. */
const epochMs = 946_684_800_000;
/** Version byte in front of binary jsonb. */
const jsonbVersion = 1;

/** Encoders of the base types, by `pg_type.typname`. Arrays, enums and domains are built from them. */
export const encoders: ReadonlyMap<string, Encoder> = new Map<string, Encoder>([
  ['bool', writeBool],
  ['int2', integer(2)],
  ['int4', integer(4)],
  ['int8', writeInt64],
  ['float4', float(4)],
  ['float8', float(8)],
  ['numeric', (out, value) => writeNumeric(out, decimal(value))],
  ['text', writeText],
  ['varchar', writeText],
  ['bpchar', writeText],
  ['name', writeText],
  ['citext', writeText],
  ['uuid', writeUuid],
  ['timestamptz', writeTimestamp],
  ['timestamp', writeTimestamp],
  ['date', writeDate],
  ['json', (out, value) => out.text(json(value))],
  ['jsonb', (out, value) => out.text(json(value), jsonbVersion)],
  ['bytea', writeBytes],
  ['inet', (out, value) => writeInet(out, string(value), false)],
  ['cidr', (out, value) => writeInet(out, string(value), true)],
]);

export function writeText(out: RowBuffer, value: Exclude<Value, null>): void {
  out.text(string(value));
}

/** One-dimensional arrays of an element type. */
export function arrayEncoder(elementOid: number, element: Encoder): Encoder {
  return (out, value) => {
    if (!Array.isArray(value)) throw new TypeError('is not an array');
    const items = value as readonly Value[];
    out.sized(() => {
      out.int32(items.length === 0 ? 0 : 1);
      out.int32(items.includes(null) ? 1 : 0);
      out.int32(elementOid);
      if (items.length === 0) return;
      out.int32(items.length);
      out.int32(1); // the lower bound
      for (const item of items) {
        if (item === null) out.int32(-1);
        else element(out, item);
      }
    });
  };
}

function string(value: Value): string {
  if (typeof value !== 'string') throw new TypeError('is not a string');
  return value;
}

function decimal(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  throw new TypeError('is not decimal text, a whole number or a bigint');
}

function json(value: Value): string {
  return JSON.stringify(value);
}

function writeBool(out: RowBuffer, value: Value): void {
  if (typeof value !== 'boolean') throw new TypeError('is not a boolean');
  out.int32(1);
  out.int8(value ? 1 : 0);
}

function integer(bytes: 2 | 4): Encoder {
  const limit = 2 ** (bytes * 8 - 1);
  return (out, value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < -limit || value >= limit) {
      throw new TypeError(`is not a whole number of ${bytes} bytes`);
    }
    out.int32(bytes);
    if (bytes === 2) out.int16(value);
    else out.int32(value);
  };
}

function writeInt64(out: RowBuffer, value: Value): void {
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) throw new TypeError('is not a whole number of 8 bytes');
    out.int32(8);
    out.bigInt64(value);
  } else {
    if (!Number.isSafeInteger(value)) throw new TypeError('is not a safe integer or a bigint');
    out.int32(8);
    out.int64(value as number);
  }
}

function float(bytes: 4 | 8): Encoder {
  return (out, value) => {
    if (typeof value !== 'number') throw new TypeError('is not a number');
    out.int32(bytes);
    if (bytes === 4) out.float32(value);
    else out.float64(value);
  };
}

function writeUuid(out: RowBuffer, value: Value): void {
  const uuid = value instanceof Uuid ? value : Uuid.parse(string(value));
  out.int32(16);
  out.int32(uuid.a);
  out.int32(uuid.b);
  out.int32(uuid.c);
  out.int32(uuid.d);
}

function writeTimestamp(out: RowBuffer, value: Value): void {
  const timeMs = value instanceof Date ? value.getTime() : value;
  const micros = typeof timeMs === 'number' ? Math.round((timeMs - epochMs) * 1000) : Number.NaN;
  if (!Number.isSafeInteger(micros))
    throw new TypeError('is not a Date or ms since 1970 within 285 years of 2000');
  out.int32(8);
  out.int64(micros);
}

function writeDate(out: RowBuffer, value: Value): void {
  const timeMs =
    value instanceof Date
      ? value.getTime()
      : typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)
        ? Date.parse(value)
        : Number.NaN;
  // Date.parse takes the 30th of February for the 1st of March.
  const isSameDay =
    typeof value !== 'string' || (timeMs === timeMs && new Date(timeMs).toISOString().startsWith(value));
  if (Number.isNaN(timeMs) || !isSameDay) throw new TypeError('is not a Date or a day as YYYY-MM-DD');
  out.int32(4);
  out.int32(Math.floor((timeMs - epochMs) / dayMs));
}

function writeBytes(out: RowBuffer, value: Value): void {
  if (!(value instanceof Uint8Array)) throw new TypeError('is not a Uint8Array');
  out.int32(value.length);
  out.raw(value);
}
