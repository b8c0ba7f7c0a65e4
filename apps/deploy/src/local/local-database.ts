import { join } from 'node:path';
import { type LoginRole, provisionRoles } from '@ecommerce-dms/entities/roles';
import { isUserError, UserError } from '@ecommerce-dms/errors';
import { type Cluster, clusterStatus, type ClusterStatus, openCluster } from '@ecommerce-dms/local-rds';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { databaseName, type DatabaseUrls } from '../database-access.ts';
import { keepSecret } from '../secrets.ts';
import { type Credentials, localCredentials } from './credentials.ts';

/** Where the local environment keeps its PostgreSQL servers. */
export function clusterDirectory(environment: LoadedEnvironment): string {
  return join(environment.directory, 'cluster');
}

/** The local servers as they are now; undefined where none were ever made. */
export async function localStatus(environment: LoadedEnvironment): Promise<ClusterStatus | undefined> {
  return clusterStatus(clusterDirectory(environment)).catch((error: unknown) => {
    if (isUserError(error) && error.code === 'cluster-not-found') return undefined;
    throw error;
  });
}

/** The passwords of the local login roles. */
export async function environmentCredentials(environment: LoadedEnvironment): Promise<Credentials> {
  const credentials = await localCredentials(environment);
  Object.values(credentials).forEach(keepSecret);
  return credentials;
}

/** How each role connects to the running local database. */
export function localUrls(cluster: Cluster, credentials: Credentials): DatabaseUrls {
  const as = (user: LoginRole) => ({ user, password: credentials[user], database: databaseName });
  keepSecret(cluster.adminUrl);
  const admin = new URL(cluster.adminUrl);
  const adminOn = (port: number): string => {
    const url = new URL(`/${databaseName}`, admin);
    url.port = String(port);
    return url.href;
  };
  const replicated = cluster.standbys.length > 0;
  return {
    app: cluster.url(as('shop_app')),
    migrator: cluster.url(as('shop_migrator')),
    readonly: cluster.readerUrl(as('shop_readonly')),
    reader: replicated ? cluster.readerUrl(as('shop_migrator')) : undefined,
    monitors: {
      writer: adminOn(cluster.writer.port),
      readers: cluster.standbys.map(({ port }) => adminOn(port)),
    },
  };
}

/**
 * Makes the local database, and its roles.
 * @returns the roles that did not exist before
 */
export async function provisionLocalRoles(
  cluster: Cluster,
  environment: LoadedEnvironment,
  signal: AbortSignal,
): Promise<string[]> {
  await cluster.createDatabase(databaseName, { signal });
  const passwords = await environmentCredentials(environment);
  const adminUrl = localUrls(cluster, passwords).monitors.writer;
  return (await provisionRoles({ adminUrl, passwords })).created;
}

/**
 * Opens the local database that `dms up` has started.
 * @throws UserError `database-not-running` when its writer does not answer; `local-database-moved` when its folder was renamed
 *   since its servers were started
 */
export async function openLocalDatabase(environment: LoadedEnvironment): Promise<DatabaseUrls> {
  const status = await localStatus(environment);
  if (status?.nodes.find(({ role }) => role === 'writer')?.running !== true) {
    throw new UserError(
      'database-not-running',
      `The local database of '${environment.name}' is not running.`,
      { hint: `Start it with '${commandFor(environment, 'up')}'.` },
    );
  }
  if (status.nodes.some(({ displaced }) => displaced)) {
    throw new UserError(
      'local-database-moved',
      `The folder of '${environment.name}' was renamed while its servers ran: they cannot read their own files any more.`,
      { hint: `'${commandFor(environment, 'up')}' restarts them; no commit is lost.` },
    );
  }
  return localUrls(
    await openCluster(clusterDirectory(environment)),
    await environmentCredentials(environment),
  );
}
