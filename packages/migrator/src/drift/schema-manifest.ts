import { writeManifest } from '@ecommerce-dms/schema-catalog';
import type { MigratorContext } from '../migrator-context.ts';
import { sessionConfig } from '../session-config.ts';
import { readLive } from './read-live.ts';

/** A database's schema as a text. */
export interface SchemaManifest {
  text: string;
  objects: number;
  /** What could not be read, and values that are secrets. */
  unread: readonly string[];
}

/** Reads the database of a project. */
export async function readSchemaManifest({ driver, ledger }: MigratorContext): Promise<SchemaManifest> {
  const { catalog } = await readLive(await sessionConfig(driver), ledger.qualifiedTableName);
  return { text: writeManifest(catalog), objects: catalog.facts.size, unread: catalog.unread };
}
