import type { ShadowOptions } from '../shadow/shadow-options.ts';
import type { MigrationProof } from './proof.ts';

/** Options of `prove`. */
export interface ProveOptions extends ShadowOptions {
  /** The migrations, by name. Default: those that are pending. */
  migrations?: readonly string[];
  /** All of the history. Default: false. */
  all?: boolean;
  /** How many rows each table gets. Default: 1,000. */
  rows?: number;
  /** SQL that makes rows, before the migrator makes those of the tables that are still empty. */
  rowsSql?: string;
  /** How many kills of one migration at most: a sample that is spread over all. Default: 200. */
  kills?: number;
  /** Writes the certificates of what is proven into `migrations.sum`, where that exists. Default: true. */
  certify?: boolean;
  signal?: AbortSignal;
  /** Called with each step, as a line for people. */
  onProgress?: (line: string) => void;
}

/** What `prove` has found out. */
export interface ProveResult {
  migrations: MigrationProof[];
  /** The names of those whose certificate was written. */
  certified: string[];
}
