import { z } from 'zod';
import { counted, whole } from '../settings-faults.ts';

/** Settings of a proxy. */
export const proxySettings = z.strictObject({
  /** Users who connect through it. Each gets a password in a secret. Default `['app', 'readonly']`. */
  users: z
    .array(z.enum(['migrator', 'app', 'readonly']))
    .readonly()
    .optional(),
  /** Raise it for new passwords, which you then give to the users in the database. Default 1. */
  passwordVersion: counted.optional(),
  /** Share of the database's max_connections that it may open, 1 to 100. Default 80: the rest is for direct clients. */
  maxConnectionsPercent: whole(1, 100, '1 to 100 is possible').optional(),
  /** Share that it keeps open while idle, 0 to `maxConnectionsPercent`. Default: half of `maxConnectionsPercent`. */
  maxIdleConnectionsPercent: z.int().optional(),
  /** How long a client waits for a connection before it gets an error, 0 to 300. Default 30. */
  borrowTimeoutSeconds: whole(0, 300, '0 to 300 is possible').optional(),
  /** How long a client may be idle before it is disconnected, 1 to 28800. Default 1800. */
  idleClientTimeoutSeconds: whole(1, 28_800, '1 to 28800 is possible').optional(),
});

export type ProxySettings = z.input<typeof proxySettings>;
