import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { makeRoom } from './make-room.ts';
import type { Failure, ReadValue } from './outcome.ts';
import {
  columnProperties,
  entitiesOf,
  isRequired,
  isWritable,
  schemaOf,
  writtenProperties,
} from './properties.ts';
import { plainValue, readValue } from './read-value.ts';
import type { Release } from './release.ts';
import { failureOf } from './run-operation.ts';
import { everything, type Sample } from './samples.ts';

/** A row of a table, as two releases can both name it. */
export interface SharedRow {
  schema: string;
  table: string;
  /** The primary key, by column. */
  key: Record<string, string>;
}

/** A row that a release has written and committed. */
export interface WrittenRow extends SharedRow {
  entity: string;
  how: string;
}

/** What a release finds in a row that another has written. */
export interface FoundRow {
  entity: string;
  values: Record<string, ReadValue>;
  failure?: Failure;
}

/** Writes an entity's rows anew and commits them: with all values, and with those that an insert has to name. */
export async function writeRows(
  release: Release,
  samples: ReadonlyMap<EntityMetadata, readonly Sample[]>,
): Promise<WrittenRow[]> {
  const written: WrittenRow[] = [];
  for (const [meta, rows] of samples) {
    if (!isWritable(meta)) continue;
    const [first, second = first] = rows;
    if (first === undefined || second === undefined) continue;
    // With its key: rows that refer to it stay right.
    const required = new Set(
      writtenProperties(meta)
        .filter((property) => property.primary === true || isRequired(property))
        .map(({ name }) => name as string),
    );
    const fewer = Object.fromEntries(Object.entries(second.data).filter(([name]) => required.has(name)));
    const inserts = [
      { sample: first, data: first.data, how: 'insert' },
      { sample: second, data: fewer, how: 'insert with defaults' },
    ];
    for (const { sample, data, how } of inserts) {
      const key = await insertAnew(release, meta, sample, data);
      // A part of a key that is not read back cannot be told to another release.
      if (key === undefined || Object.values(key).some((value) => value === undefined)) continue;
      const row = { ...rowOf(release, meta, key), entity: meta.className, how };
      // Nor is a row shared that a trigger has moved or removed.
      if ((await readRow(release, row))?.failure === undefined) written.push(row);
    }
  }
  return written;
}

/**
 * Writes one value into the first row of an entity, and commits it.
 *
 * @returns undefined if the database refuses it
 */
export async function writeValue(
  release: Release,
  samples: ReadonlyMap<EntityMetadata, readonly Sample[]>,
  { entity, property, value }: { entity: string; property: string; value: string | null },
): Promise<WrittenRow | undefined> {
  const [meta, rows] = [...samples].find(([{ className }]) => className === entity) ?? [];
  const key = rows?.[0]?.key;
  if (meta === undefined || key === undefined) return undefined;
  const em = release.orm.em.fork() as SqlEntityManager;
  try {
    const changed = await em.nativeUpdate(meta.class, key, { [property]: value }, { filters: false });
    return changed === 0
      ? undefined
      : { ...rowOf(release, meta, key), entity, how: `update to ${value ?? 'null'}` };
  } catch {
    return undefined;
  }
}

/** Reads a row of a table; undefined if the release has no entity for it. */
export async function readRow(
  release: Release,
  { schema, table, key }: SharedRow,
): Promise<FoundRow | undefined> {
  const meta = entitiesOf(release).find(
    (each) => each.tableName === table && schemaOf(release, each) === schema && each.root === each,
  );
  if (meta === undefined) return undefined;
  const em = release.orm.em.fork() as SqlEntityManager;
  try {
    const found: object | null = await em.findOne(meta.class, keyOf(meta, key), everything(meta));
    if (found === null) {
      return { entity: meta.className, values: {}, failure: { message: 'The row is not found' } };
    }
    const values = columnProperties(meta).map(({ name }) => [
      name,
      readValue(Reflect.get(found, name), release.mikro),
    ]);
    return { entity: meta.className, values: Object.fromEntries(values) };
  } catch (error) {
    return { entity: meta.className, values: {}, failure: failureOf(error) };
  }
}

/** @returns the key of the new row; undefined if the database refuses it */
async function insertAnew(
  release: Release,
  meta: EntityMetadata,
  sample: Sample,
  data: Record<string, unknown>,
): Promise<Record<string, unknown> | undefined> {
  const em = release.orm.em.fork() as SqlEntityManager;
  await em.begin();
  try {
    // With another key, what refers to the row would refer to nothing.
    await makeRoom(
      em,
      meta,
      sample,
      meta.primaryKeys.every((name) => name in data),
    );
    const entity: object = em.create(meta.class, { ...data }, { partial: true });
    em.persist(entity);
    await em.flush();
    await em.commit();
    return Object.fromEntries(
      meta.primaryKeys.map((name) => [name, plainValue(Reflect.get(entity, name), release.mikro)]),
    );
  } catch {
    await em.rollback().catch(() => {});
    return undefined;
  }
}

function rowOf(release: Release, meta: EntityMetadata, key: Record<string, unknown>): SharedRow {
  const columns = primaryProperties(meta).flatMap(({ name, fieldNames }) => {
    const values = [key[name]].flat();
    return fieldNames.map((column, index) => [column, keyText(values[index])]);
  });
  return {
    schema: schemaOf(release, meta),
    table: meta.tableName,
    key: Object.fromEntries(columns),
  };
}

function keyText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function keyOf(meta: EntityMetadata, key: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    primaryProperties(meta).map(({ name, fieldNames }) => {
      const values = fieldNames.map((column) => key[column]);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function primaryProperties(meta: EntityMetadata): EntityProperty[] {
  return meta.props.filter(({ primary }) => primary === true);
}
