import { type Opt, p } from '@mikro-orm/core';
import type { JsonObject } from './bounds.ts';
import { uuidV7 } from './uuid-v7.ts';

/**
 * `uuid` version 7: keys grow with time, so that inserts touch one end of the index. Entities get theirs when they
 * are persisted, so that rows that refer to each other are inserted in batches; other rows from the database.
 */
export const id = () => p.uuid().primary().defaultRaw('uuidv7()').onCreate(uuidV7);

/** `bigint` identity of a ledger: rows in the order in which they were written. */
export const ledgerId = () => p.bigint().primary().generated('by default as identity');

/** `text`, one of these values: the table has the `oneOfCheck` of them. */
export const oneOf = <const Value extends string>(_values: readonly Value[]) => p.text().$type<Value>();

/** `timestamptz`. */
export const timestamp = () => p.datetime().columnType('timestamptz');

/** `timestamptz` of the row's transaction. */
export const createdAt = () => timestamp().defaultRaw('now()');

/** Like `createdAt`, and a trigger sets it on every update (`updatedAtTrigger`). */
export const updatedAt = () => timestamp().defaultRaw('now()');

/** Grows with every change of the row (`versionTrigger`), for whoever must not overwrite a change that they did not see. */
export const version = () =>
  p.integer().default(1).comment('Grows with every change of the row; a trigger counts.');

/** Who wrote the row: whom the application names by `actingAs`, or else the database user. */
export const actor = () =>
  p
    .text()
    .nullable()
    // As the catalog of PostgreSQL has it.
    .defaultRaw(`coalesce(nullif(current_setting('shop.actor'::text, true), ''::text), (session_user)::text)`)
    .comment(
      'Whom the application names (shop.actor), or else the database user; null: from before there was this column.',
    );

/** An amount in whole minor units of the row's currency: `bigint` in the database and in JavaScript. */
export const minorUnits = () => p.bigint();

/** `tstzrange`: `[from, to)`, from now on and without an end by default. */
export const validity = () =>
  p
    .string()
    .columnType('tstzrange')
    .$type<Opt<string>>()
    .defaultRaw('tstzrange(now(), null::timestamp with time zone)');

/** An ISO 3166-1 alpha-2 country code. */
export const countryCode = () => p.text();

/** What a shop knows of a row for purposes of its own: `jsonb`, null for nothing, as `objectCheck` says. */
export const metadata = () =>
  p.json<JsonObject>().nullable().comment('For purposes of the shop’s own; null: nothing.');

/** `jsonb`, an empty object unless told. */
export const jsonObject = <T extends object>() => p.json<T>().defaultRaw(`'{}'`);
