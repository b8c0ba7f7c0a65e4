import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import type { Construct } from 'constructs';
import { staticParameters } from './static-parameters.ts';

/**
 * Safe defaults of every database: TLS for each connection, a log of statements that change the schema, are slow or wait,
 * the time of I/O, the costs of a solid-state disk, and a limit on idle transactions, which hold back vacuum.
 */
export function safeParameters(majorVersion: number): Readonly<Record<string, string>> {
  return {
    'rds.force_ssl': '1',
    shared_preload_libraries: 'pg_stat_statements',
    track_io_timing: '1',
    // gp3 has no seek: with the default of 4 the planner reads a whole table where an index would do.
    random_page_cost: '1.1',
    // PostgreSQL 18 made it a list, of which RDS takes no 1 any more (ministryofjustice/cloud-platform #7948).
    log_connections: majorVersion >= 18 ? 'all' : '1',
    log_disconnections: '1',
    log_statement: 'ddl',
    log_min_duration_statement: '1000',
    log_lock_waits: '1',
    log_temp_files: '10240',
    log_autovacuum_min_duration: '10000',
    idle_in_transaction_session_timeout: '300000',
  };
}

export interface ParameterGroupProps {
  readonly name: string;
  readonly majorVersion: number;
  readonly maxConnections: number;
  /** By PostgreSQL's own names; they win over the safe ones. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A parameter group with safe defaults. It is replaced before it is removed, so that a major upgrade can pass. */
export function parameterGroup(scope: Construct, id: string, props: ParameterGroupProps): DbParameterGroup {
  return new DbParameterGroup(scope, id, {
    namePrefix: `${props.name}-`,
    family: `postgres${props.majorVersion}`,
    description: `Parameters of ${props.name}`,
    parameter: parameterBlocks({
      ...safeParameters(props.majorVersion),
      max_connections: String(props.maxConnections),
      ...props.parameters,
    }),
    lifecycle: { createBeforeDestroy: true },
  });
}

/** Parameters in the order of their names, each applied as soon as RDS allows it. */
export function parameterBlocks(
  parameters: Readonly<Record<string, string>>,
): { name: string; value: string; applyMethod: string }[] {
  return Object.entries(parameters)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => ({
      name,
      value,
      applyMethod: staticParameters.has(name) ? 'pending-reboot' : 'immediate',
    }));
}
