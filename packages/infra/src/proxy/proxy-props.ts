import type { Access, DatabaseUsers } from '../access/access.ts';
import type { Database } from '../database/database.ts';
import type { DatabaseNetwork } from '../network/database-network.ts';

/** What can be chosen of a proxy. */
export interface ProxySettings {
  /** Whose connections go through it. Each gets a password, see `Proxy`. Default `['app', 'readonly']`. */
  readonly users?: readonly (keyof DatabaseUsers)[];
  /** Raise it, and Secrets Manager makes new passwords; then give them to the users. Default 1. */
  readonly passwordVersion?: number;
  /** Share of the database's max_connections that it may open, 1 to 100. Default 80: the rest is for those who come directly. */
  readonly maxConnectionsPercent?: number;
  /** Share that it keeps open though nobody uses it, 0 to `maxConnectionsPercent`. Default half of it. */
  readonly maxIdleConnectionsPercent?: number;
  /** How long a client waits for a connection before it gets an error, 0 to 300. Default 30. */
  readonly borrowTimeoutSeconds?: number;
  /** How long a client may be silent before it is cut off, 1 to 28800. Default 1800. */
  readonly idleClientTimeoutSeconds?: number;
}

export interface ProxyProps extends ProxySettings {
  /** Prefix of the names, and name of the proxy: 1 to 50 of a-z, 0-9 and single hyphens. */
  readonly name: string;
  readonly network: DatabaseNetwork;
  /** Key of the secrets and of the log. */
  readonly encryption: { readonly keyArn: string };
  readonly database: Database;
  /** Its clients may connect to the proxy too. */
  readonly access: Access;
  /** Days that the proxy's log is kept. Default 365. */
  readonly logRetentionDays?: number;
}

/** Those of the settings that have a default, filled in. */
export function completeProxy(given: ProxySettings & { logRetentionDays?: number }) {
  const { maxConnectionsPercent = 80 } = given;
  return {
    users: [...(given.users ?? (['app', 'readonly'] as const))],
    passwordVersion: given.passwordVersion ?? 1,
    maxConnectionsPercent,
    maxIdleConnectionsPercent: given.maxIdleConnectionsPercent ?? Math.floor(maxConnectionsPercent / 2),
    borrowTimeoutSeconds: given.borrowTimeoutSeconds ?? 30,
    idleClientTimeoutSeconds: given.idleClientTimeoutSeconds ?? 1800,
    logRetentionDays: given.logRetentionDays ?? 365,
  };
}
