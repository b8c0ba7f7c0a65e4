/**
 * A type of PostgreSQL, for a parameter of a statement or a column of its rows.
 *
 * @typeParam Out what a row has
 * @typeParam In what a parameter takes
 */
export interface SqlType<Out, In = Out> {
  /** As `pg_type` has it: `int8`, `uuid`, `_text`... */
  readonly name: string;
  readonly isNullable: boolean;
  /** Converts the driver's value; undefined where it needs no conversion. Never called with null. */
  readonly decode?: (value: unknown) => Out;
  /**
   * Converts to what the driver takes; undefined where it needs no conversion. Never called with null or undefined.
   */
  readonly encode?: (value: In) => unknown;
}

function type<Out, In = Out>(
  name: string,
  conversion: Pick<SqlType<Out, In>, 'decode' | 'encode'> = {},
): SqlType<Out, In> {
  return { name, isNullable: false, ...conversion };
}

export const bool = type<boolean>('bool');
export const bytea = type<Buffer>('bytea');
export const float8 = type<number>('float8');
export const int2 = type<number>('int2');
export const int4 = type<number>('int4');
/** A bigint: a JavaScript number would lose digits. */
export const int8 = type<bigint, bigint | number>('int8', { decode: (value) => BigInt(value as string) });
export const int8Array = type<bigint[], readonly bigint[]>('_int8', {
  decode: (value) => (value as string[]).map(BigInt),
});
/** A sum of int8s, which PostgreSQL gives as numeric. */
export const int8Sum = type<bigint>('numeric', { decode: (value) => BigInt(value as string) });
/** A position in the write-ahead log, such as `0/3A1B2C8`. */
export const pgLsn = type<string>('pg_lsn');
export const text = type<string>('text');
/** A text with few values, which a CHECK of its column lists. */
export function textOf<Value extends string>(): SqlType<Value> {
  return type<Value>('text');
}
export const textArray = type<string[], readonly string[]>('_text');
export const timestamptz = type<Date>('timestamptz', {
  decode: (value) => (value instanceof Date ? value : new Date(value as string)),
});
/** With all microseconds of PostgreSQL, which a Date does not have. */
export const timestamptzText = type<string>('timestamptz');
export const uuid = type<string>('uuid');
export const uuidArray = type<string[], readonly string[]>('_uuid');

/** Like {@link jsonb}, with its keys in the order in which they were written. */
export function json<Value>(): SqlType<Value, unknown> {
  return type<Value, unknown>('json', { encode: toJson });
}

/** JSON with bigints as text: a JavaScript number would lose digits. */
export function jsonb<Value>(): SqlType<Value, unknown> {
  return type<Value, unknown>('jsonb', { encode: toJson });
}

/** A value, or null; as a parameter, undefined is null. */
export function nullable<Out, In>(of: SqlType<Out, In>): SqlType<Out | null, In | null | undefined> {
  return { ...(of as SqlType<Out | null, In | null | undefined>), isNullable: true };
}

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
}
