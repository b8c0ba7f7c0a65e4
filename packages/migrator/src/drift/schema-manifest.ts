import { writeManifest } from '@ecommerce-dms/schema-catalog';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { sessionConfig } from '../session-config.ts';
import { readLive } from './read-live.ts';

/** A database's schema as a text. */
export interface SchemaManifest {
  text: string;
  objects: number;
  /** What could not be read, and values that are secrets. */
  unread: readonly string[];
}

/** @param ledger its table with its schema */
export async function readSchemaManifest(driver: AbstractSqlDriver, ledger: string): Promise<SchemaManifest> {
  const { catalog } = await readLive(await sessionConfig(driver), ledger);
  return { text: writeManifest(catalog), objects: catalog.facts.size, unread: catalog.unread };
}
