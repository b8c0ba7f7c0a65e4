import { classTable } from './class-table.generated.ts';
import type { Engine } from './class-table.ts';

export interface EngineVersions {
  /** `18.4`, the newest last. */
  readonly offered: readonly string[];
  /** What AWS still names, and no new database should have. */
  readonly deprecated: readonly string[];
}

/** The versions of an engine, in all regions together; a Multi-AZ DB cluster has those of RDS for PostgreSQL. */
export function engineVersions(engine: Engine): EngineVersions {
  const { offered, deprecated } = classTable.versions[engine === 'postgres-cluster' ? 'postgres' : engine];
  return { offered: offered.split(' '), deprecated: deprecated.split(' ') };
}
