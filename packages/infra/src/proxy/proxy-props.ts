import type { Access } from '../access/access.ts';
import type { Database } from '../database/database.ts';
import type { DatabaseNetwork } from '../network/database-network.ts';
import type { ProxySettings } from './proxy-settings.ts';

export interface ProxyProps extends ProxySettings {
  /** Prefix of the names, and name of the proxy: 1 to 50 of a-z, 0-9 and single hyphens. */
  readonly name: string;
  /** Its database subnets hold the proxy. */
  readonly network: DatabaseNetwork;
  /** Key of the secrets and of the log. */
  readonly encryption: { readonly keyArn: string };
  /** An instance or a cluster. */
  readonly database: Database;
  /** The clients that may connect to the proxy as well. */
  readonly access: Access;
  /** Days for which the proxy's log is kept. Default 365. */
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

export type CompleteProxy = ReturnType<typeof completeProxy>;
