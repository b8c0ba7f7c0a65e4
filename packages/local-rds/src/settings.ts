import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { standbysOf, writerOf, type ClusterContext } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';

/** The role that standbys connect as. */
export const replicationRole = 'replicator';

/** Production's shape at a laptop's size. What is not here is PostgreSQL's default, `fsync = on` included. */
const defaults = {
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  // Checkpoints by time rather than in the middle of a bulk load.
  max_wal_size: '4GB',
  // A standby that is stopped for long must not fill the disk; it is cloned again then.
  max_slot_wal_keep_size: '4GB',
  // Queries on a standby are not cancelled because the writer vacuums.
  hot_standby_feedback: 'on',
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '200ms',
  // What RDS loads too.
  shared_preload_libraries: 'pg_stat_statements',
  track_io_timing: 'on',
  // A solid-state disk: with the default of 4 the planner reads a whole table where an index would do.
  random_page_cost: '1.1',
  log_min_duration_statement: '1s',
  log_lock_waits: 'on',
  log_line_prefix: '%m [%p] %q%u@%d %a ',
  log_timezone: 'UTC',
  timezone: 'UTC',
  lc_messages: 'C',
};

/** Turns the caller's settings into text, and refuses names that are none. */
export function parseSettings(settings: Record<string, string | number | boolean>): Record<string, string> {
  const bad = Object.keys(settings).filter((name) => !/^[a-z_][a-z0-9_.]*$/i.test(name));
  if (bad.length > 0) {
    throw new UserError('invalid-settings', `Not the name of a PostgreSQL setting: ${bad.join(', ')}.`);
  }
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value),
    ]),
  );
}

/** The whole `postgresql.conf` of a node. */
export function postgresqlConf(context: ClusterContext, node: ClusterNode): string {
  const settings = {
    ...defaults,
    listen_addresses: '127.0.0.1',
    port: String(node.port),
    // Loopback only: a socket's path may have 107 bytes, a folder's may have more.
    unix_socket_directories: '',
    cluster_name: node.name,
    ...replicationSettings(context, node),
    ...context.file.settings,
  };
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll(/['\\]/g, '$&$&')}'`,
  );
  return `# Written by local-rds at every start. Change it by startCluster({ settings }).\n${lines.join('\n')}\n`;
}

function replicationSettings(context: ClusterContext, node: ClusterNode): Record<string, string> {
  if (node.name !== context.file.writer) {
    return {
      primary_conninfo: [
        'host=127.0.0.1',
        `port=${writerOf(context).port}`,
        `user=${replicationRole}`,
        `passfile='${passfilePath(context).replaceAll(/['\\]/g, '\\$&')}'`,
        `application_name=${node.name}`,
      ].join(' '),
      primary_slot_name: slotName(node),
    };
  }
  const members = standbysOf(context).filter(({ state }) => state !== 'absent');
  if (!context.file.synchronous || members.length === 0) return {};
  return { synchronous_standby_names: `ANY 1 (${members.map(({ name }) => `"${name}"`).join(', ')})` };
}

/** Only connections over loopback, only with a password. */
export const pgHbaConf = `host all all 127.0.0.1/32 scram-sha-256
host replication ${replicationRole} 127.0.0.1/32 scram-sha-256
`;

/** The file that a standby reads its password from, so that it is in no argument and no setting. */
export function passfilePath({ root }: ClusterContext): string {
  return join(root, 'replication.pass');
}

/** The replication slot of a standby, on whoever is the writer. */
export function slotName({ name }: ClusterNode): string {
  return name.replaceAll('-', '_');
}
