import { provisionRoles } from '@ecommerce-dms/entities/roles';
import { type Cluster, clusterStatus, startCluster } from '@ecommerce-dms/local-rds';
import type { LocalEnvironment } from '../config/schema.ts';
import { databaseName } from '../database-access.ts';
import { clusterDirectory, environmentCredentials, localUrls } from '../local/local-database.ts';
import type { StageContext, StageOutcome } from '../stage.ts';

export interface StartResult {
  version: string;
  writer: { host: string; port: number };
  readers: { host: string; port: number }[];
  synchronous: boolean;
  rolesCreated: string[];
}

/** Starts the local servers, or attaches to them, and gives the database its roles. */
export async function startLocal(
  { environment, signal, progress }: StageContext,
  settings: Pick<LocalEnvironment, 'port' | 'standbys'>,
): Promise<StageOutcome<StartResult>> {
  const directory = clusterDirectory(environment);
  const cluster = await startCluster({ directory, ...settings, signal, onProgress: progress });
  const rolesCreated = await provision(cluster, environment, signal);
  const { nodes, synchronous } = await clusterStatus(directory);
  const at = ({ port }: { port: number }) => ({ host: '127.0.0.1', port });
  const version = nodes[0]?.version ?? 'unknown';
  const readers = cluster.standbys.map(at);
  const where = [`writer ${cluster.writer.port}`, ...readers.map(({ port }) => `hot standby ${port}`)].join(
    ', ',
  );
  const commits = synchronous ? '; commits wait for a standby' : '';
  return {
    summary: `PostgreSQL ${version} on 127.0.0.1: ${where}${commits}`,
    result: { version, writer: at(cluster.writer), readers, synchronous, rolesCreated },
  };
}

async function provision(
  cluster: Cluster,
  environment: StageContext['environment'],
  signal: AbortSignal,
): Promise<string[]> {
  await cluster.createDatabase(databaseName, { signal });
  const passwords = await environmentCredentials(environment);
  const adminUrl = localUrls(cluster, passwords).monitors.writer;
  return (await provisionRoles({ adminUrl, passwords })).created;
}
