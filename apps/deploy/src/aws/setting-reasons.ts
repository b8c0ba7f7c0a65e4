/** Why a setting is what it is, by its path. */
export const settingReasons: Readonly<Record<string, string>> = {
  'network.zoneCount': 'with three zones one can be lost and two are left',
  'network.nat': 'a gateway costs by the hour; one a zone, and no zone needs another',
  backups: 'copies in a vault outlive the database, and what deletes it',
  rotation: 'a password that has leaked is of no use for long',
  bastion: 'people reach the database through it; where it is short-lived, nobody does',
  'database.instanceClass': 'what is paid for most',
  'database.multiAz': 'a standby doubles the price of the server, and takes over in a minute',
  'database.replicas': 'reads that need no writer, and the topology that the code is written for',
  'database.storage.allocatedGib': 'it can grow and not shrink',
  'database.storage.maxAllocatedGib': 'the ceiling of growth by itself',
  'database.backupRetentionDays': 'how far back a mistake can be undone',
  'database.deletionProtection': 'a database that is wanted is not deleted by one command',
  'database.finalSnapshot': 'what lives for hours leaves nothing behind',
  'database.applyImmediately': 'where nobody waits, nothing waits for a maintenance window',
  'database.monitoringIntervalSeconds': 'finer is dearer, and an incident wants it',
  logRetentionDays: 'logs are paid for as long as they are kept',
};
