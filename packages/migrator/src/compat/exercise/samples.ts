import type { EntityMetadata } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { columnProperties, writtenProperties } from './properties.ts';
import { plainValue } from './read-value.ts';
import type { Release } from './release.ts';

/** A row that a release has found, with what it takes to find and to write it. */
export interface Sample {
  /** Its primary key, by property. */
  key: Record<string, unknown>;
  /** The values of all properties that are written. */
  data: Record<string, unknown>;
}

/** How many rows of each entity the operations work with. */
const rowsOfAnEntity = 5;

/** Rows of an entity, in the order of their keys. */
export async function takeSamples(release: Release, meta: EntityMetadata): Promise<Sample[]> {
  const em = release.orm.em.fork() as SqlEntityManager;
  const orderBy = meta.primaryKeys.map((name) => ({ [name]: 'asc' as const }));
  const found: object[] = await em.find(
    meta.class,
    {},
    { ...everything(meta), orderBy, limit: rowsOfAnEntity },
  );
  return found.map((entity) => ({
    key: Object.fromEntries(
      meta.primaryKeys.map((name) => [name, plainValue(Reflect.get(entity, name), release.mikro)]),
    ),
    data: Object.fromEntries(
      writtenProperties(meta).map(({ name }) => [name, plainValue(Reflect.get(entity, name), release.mikro)]),
    ),
  }));
}

/** Options of a query for all columns, whatever filters the entity has. */
export function everything(meta: EntityMetadata): { filters: false; populate: never[] } {
  const lazy = columnProperties(meta).filter(
    (property) => property.lazy === true && property.kind === 'scalar',
  );
  return { filters: false, populate: lazy.map(({ name }) => name) as never[] };
}
