import { z } from 'zod';
import { counted, whole } from '../settings-faults.ts';

/** What can be chosen of a proxy. */
export const proxySettings = z.strictObject({
  /** Whose connections go through it. Each gets a password, see `Proxy`. Default `['app', 'readonly']`. */
  users: z
    .array(z.enum(['migrator', 'app', 'readonly']))
    .readonly()
    .optional(),
  /** Raise it, and Secrets Manager makes new passwords; then give them to the users. Default 1. */
  passwordVersion: counted.optional(),
  /** Share of the database's max_connections that it may open, 1 to 100. Default 80: the rest is for those who come directly. */
  maxConnectionsPercent: whole(1, 100, '1 to 100 is possible').optional(),
  /** Share that it keeps open though nobody uses it, 0 to `maxConnectionsPercent`. Default half of it. */
  maxIdleConnectionsPercent: z.int().optional(),
  /** How long a client waits for a connection before it gets an error, 0 to 300. Default 30. */
  borrowTimeoutSeconds: whole(0, 300, '0 to 300 is possible').optional(),
  /** How long a client may be silent before it is cut off, 1 to 28800. Default 1800. */
  idleClientTimeoutSeconds: whole(1, 28_800, '1 to 28800 is possible').optional(),
});

export type ProxySettings = z.input<typeof proxySettings>;
