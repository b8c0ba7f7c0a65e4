export {
  backupSettings,
  type BackupRetentions,
  type BackupSettings,
  type VaultLock,
} from './backups/backup-settings.ts';
export { serverlessConnections } from './cluster/aurora-capacity.ts';
export {
  type AuroraSettings,
  type ClusterSettings,
  clusterSettings,
  type ClusterStorageSettings,
  type MultiAzSettings,
  type ReaderScalingSettings,
  type ServerlessSettings,
} from './cluster/cluster-settings.ts';
export {
  type DatabaseSettings,
  databaseSettings,
  type RestoreSettings,
  type StorageSettings,
} from './database/database-settings.ts';
export { defaultMaxConnections, maxConnectionsCeiling } from './database/max-connections.ts';
export { type DnsSettings, dnsSettings } from './dns/dns-settings.ts';
export {
  type EnvironmentOverrides,
  environmentOverrides,
  type EnvironmentSettings,
} from './environment-settings.ts';
export { type ExistingNetwork, type NetworkSettings, networkSettings } from './network/network-settings.ts';
export { environmentSettings, type PresetName, presets } from './presets.ts';
export { type ProxySettings, proxySettings } from './proxy/proxy-settings.ts';
export { regionName } from './region-name.ts';
export { type ReplicaRegionSettings, replicaRegionSettings } from './replica-settings.ts';
export { type RotationSettings, rotationSettings } from './secrets/rotation-settings.ts';
export { accountSettings } from './stack/account-settings.ts';
export { type StateBackend, stateBackendSettings } from './stack/state-settings.ts';
