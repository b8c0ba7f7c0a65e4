import { isWholeBetween, nameFault } from '../faults.ts';
import { logRetentionSettings } from '../log-retention.ts';
import { settingsFaults } from '../settings-faults.ts';
import type { CompleteProxy } from './proxy-props.ts';
import { proxySettings } from './proxy-settings.ts';

/** What RDS would refuse, each as a sentence. */
export function proxyFaults(name: string, settings: CompleteProxy): (string | false)[] {
  const { users, maxConnectionsPercent, maxIdleConnectionsPercent } = settings;
  return [
    nameFault(name, 50),
    users.length === 0 && 'users is empty: nobody could log in through it',
    new Set(users).size < users.length && `a user is named twice in ${users.join(', ')}`,
    ...settingsFaults(proxySettings, settings),
    !isWholeBetween(maxIdleConnectionsPercent, 0, maxConnectionsPercent) &&
      `maxIdleConnectionsPercent is ${maxIdleConnectionsPercent}; 0 to maxConnectionsPercent (${maxConnectionsPercent}) is possible`,
    ...settingsFaults(logRetentionSettings, settings),
  ];
}
