import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import { RdsClusterParameterGroup } from '@cdktf/provider-aws/lib/rds-cluster-parameter-group/index.js';
import type { Construct } from 'constructs';
import { parameterBlocks, safeParameters } from '../database/parameter-group.ts';
import type { CompleteCluster } from './complete-cluster.ts';

/** Those of the safe parameters that Aurora has for clusters alone. */
const clusterOnly = new Set(['rds.force_ssl', 'log_autovacuum_min_duration']);

/** The cluster's parameter group, with the same safe defaults as an instance's. */
export function clusterParameterGroup(scope: Construct, props: CompleteCluster): RdsClusterParameterGroup {
  return new RdsClusterParameterGroup(scope, 'parameter-group', {
    namePrefix: `${props.name}-`,
    family: `${props.mode === 'aurora' ? 'aurora-postgresql' : 'postgres'}${props.majorVersion}`,
    description: `Parameters of ${props.name}`,
    parameter: parameterBlocks(parametersOf(props)),
    lifecycle: { createBeforeDestroy: true },
  });
}

/**
 * The parameter group of Aurora's instances. Most parameters exist at both levels, and Aurora PostgreSQL 18 reads some
 * of them, such as `log_min_duration_statement`, from the instance's group: so the safe ones are set in both.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html
 */
export function instanceParameterGroup(scope: Construct, props: CompleteCluster): DbParameterGroup {
  const safe = Object.keys(safeParameters(props.majorVersion)).filter((name) => !clusterOnly.has(name));
  const all = parametersOf(props);
  return new DbParameterGroup(scope, 'instance-parameter-group', {
    namePrefix: `${props.name}-instance-`,
    family: `aurora-postgresql${props.majorVersion}`,
    description: `Parameters of the instances of ${props.name}`,
    parameter: parameterBlocks(Object.fromEntries(safe.map((name) => [name, all[name] ?? '']))),
    lifecycle: { createBeforeDestroy: true },
  });
}

function parametersOf(props: CompleteCluster): Record<string, string> {
  return {
    ...safeParameters(props.majorVersion),
    ...(props.maxConnections === undefined ? {} : { max_connections: String(props.maxConnections) }),
    ...props.parameters,
  };
}
