import type { Options } from '@mikro-orm/postgresql';
import type { Finding, FindingsCheck } from '../check.ts';
import { schemaFindings } from './schema-findings.ts';
import { tableFindings } from './table-findings.ts';

/** What the drift check looks at. */
export interface DriftOptions {
  /** Schemas to compare, such as where others have schemas of their own. Default: all but the system's. */
  schemas?: readonly string[];
}

/**
 * Compares the live database with MikroORM entities: one finding for each difference, with the SQL that fixes it. What
 * is missing or differs is an error; what the entities do not know, and comments, are warnings. It creates nothing, needs
 * no privilege and works on a standby. NOT VALID constraints, disabled triggers and invalid indexes are left to
 * `catalogChecks`.
 *
 * @param options MikroORM's options: entities, and `schemaGenerator.skipTables` for tables to leave out. It uses the
 * connection of the run.
 * @example
 * ```ts
 * import { driftCheck, validate } from '@ecommerce-dms/validator';
 * import { defineEntity, p } from '@mikro-orm/postgresql';
 *
 * const Customer = defineEntity({ name: 'Customer', properties: { id: p.integer().primary(), name: p.text() } });
 * const report = await validate({
 *   url: 'postgres://readonly@127.0.0.1:5432/shop',
 *   checks: [driftCheck({ entities: [Customer] })],
 * });
 * console.log(report.checks[0]?.findings); // the table `customer` is missing, say
 * ```
 */
export function driftCheck(options: Options, { schemas }: DriftOptions = {}): FindingsCheck {
  return {
    kind: 'findings',
    id: 'drift',
    description: 'The live database matches the entities.',
    severity: 'error',
    find: async (context): Promise<Finding[]> => {
      // Only who uses it loads MikroORM.
      const { compareSchemas } = await import('./compare-schemas.ts');
      const comparison = await compareSchemas(options, context, schemas);
      return [...schemaFindings(comparison), ...tableFindings(comparison)];
    },
  };
}
