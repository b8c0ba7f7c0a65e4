import type { AlarmSettings } from '../src/index.ts';

/** A class with credits and balances: every alarm but those of gp2 and of log exports. */
export const medium: AlarmSettings = {
  instanceClass: 'db.t4g.medium',
  allocatedStorageGib: 100,
  maxConnections: 200,
};

/** A class without credits. */
export const large: AlarmSettings = {
  instanceClass: 'db.m7g.large',
  allocatedStorageGib: 50,
  maxConnections: 300,
};
