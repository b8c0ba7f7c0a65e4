import { within } from '../database/complete-props.ts';
import { logRetentionFault } from '../log-retention.ts';
import type { completeProxy } from './proxy-props.ts';

/** What RDS would refuse, each as a sentence. */
export function proxyFaults(name: string, settings: ReturnType<typeof completeProxy>): (string | false)[] {
  const { users, maxConnectionsPercent, maxIdleConnectionsPercent } = settings;
  return [
    (!/^[a-z](-?[a-z0-9])*$/.test(name) || name.length > 50) &&
      `name "${name}" is not 1 to 50 of a-z, 0-9 and single hyphens, beginning with a letter`,
    users.length === 0 && 'users is empty: nobody could log in through it',
    new Set(users).size < users.length && `a user is named twice in ${users.join(', ')}`,
    !within(settings.passwordVersion, 1, Number.MAX_SAFE_INTEGER) &&
      `passwordVersion is ${settings.passwordVersion}; a whole number of 1 or more is needed`,
    !within(maxConnectionsPercent, 1, 100) &&
      `maxConnectionsPercent is ${maxConnectionsPercent}; 1 to 100 is possible`,
    !within(maxIdleConnectionsPercent, 0, maxConnectionsPercent) &&
      `maxIdleConnectionsPercent is ${maxIdleConnectionsPercent}; 0 to maxConnectionsPercent (${maxConnectionsPercent}) is possible`,
    !within(settings.borrowTimeoutSeconds, 0, 300) &&
      `borrowTimeoutSeconds is ${settings.borrowTimeoutSeconds}; 0 to 300 is possible`,
    !within(settings.idleClientTimeoutSeconds, 1, 28_800) &&
      `idleClientTimeoutSeconds is ${settings.idleClientTimeoutSeconds}; 1 to 28800 is possible`,
    logRetentionFault(settings.logRetentionDays),
  ];
}
