import type { Options } from '@mikro-orm/postgresql';
import type { Finding, FindingsCheck } from '../check.ts';
import { schemaFindings } from './schema-findings.ts';
import { tableFindings } from './table-findings.ts';

/**
 * Compares the live database with MikroORM entities: one finding a difference, with the SQL that fixes it. What is
 * missing or differs is an error; what the entities do not know, and comments, are warnings. Creates nothing, needs no
 * privilege, works on a standby. NOT VALID constraints, disabled triggers and invalid indexes are the catalog checks'.
 *
 * @param options MikroORM's options: entities, and `schemaGenerator.skipTables` for tables to leave out. The
 * connection is that of the run.
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
export function driftCheck(options: Options): FindingsCheck {
  return {
    kind: 'findings',
    id: 'drift',
    description: 'The live database is what the entities describe.',
    severity: 'error',
    find: async (context): Promise<Finding[]> => {
      // MikroORM is loaded by those who use it only.
      const { compareSchemas } = await import('./compare-schemas.ts');
      const comparison = await compareSchemas(options, context);
      return [...schemaFindings(comparison), ...tableFindings(comparison)];
    },
  };
}
