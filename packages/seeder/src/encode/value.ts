import type { Uuid } from '../random/uuid.ts';

/**
 * A value that a plan may give for a column:
 *
 * | PostgreSQL type | value |
 * |---|---|
 * | `bool` | boolean |
 * | `int2`, `int4` | number |
 * | `int8` | number (safe integer) or bigint |
 * | `float4`, `float8` | number |
 * | `numeric` | decimal text, whole number or bigint |
 * | `text`, `varchar`, `bpchar`, `name`, `citext`, enums | string |
 * | `uuid` | Uuid or string |
 * | `timestamptz`, `timestamp` (as UTC) | ms since 1970 (fractions are microseconds) or Date |
 * | `date` | `YYYY-MM-DD` or Date (its UTC day) |
 * | `json`, `jsonb` | what `JSON.stringify` takes |
 * | `bytea` | Uint8Array |
 * | `inet`, `cidr` | address text, with or without `/bits` |
 * | arrays of these, one dimension | array |
 * | any | null |
 *
 * A domain takes what its base type takes.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uuid
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };
