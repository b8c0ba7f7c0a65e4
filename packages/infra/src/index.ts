export { Access, type AccessProps, type DatabaseUsers } from './access/access.ts';
export { AlertTopic, type AlertTopicProps } from './alerts/alert-topic.ts';
export { DatabaseEvents, type DatabaseEventsProps } from './alerts/database-events.ts';
export type { BackupRetentions } from './backups/backup-plan-rules.ts';
export { BackupVault, type BackupVaultProps, type VaultLock } from './backups/backup-vault.ts';
export { Backups, type BackupSettings, type BackupsProps } from './backups/backups.ts';
export { Bastion, type BastionProps } from './bastion/bastion.ts';
export { Bootstrap, type BootstrapProps } from './bootstrap.ts';
export type {
  AuroraClusterProps,
  ClusterStorageProps,
  MultiAzClusterProps,
  PostgresClusterProps,
  ReaderScalingProps,
  ServerlessProps,
} from './cluster/cluster-props.ts';
export type { ClusterSettings } from './cluster/cluster-settings.ts';
export type { CompleteCluster } from './cluster/complete-cluster.ts';
export { serverlessConnections } from './cluster/aurora-capacity.ts';
export { PostgresCluster } from './cluster/postgres-cluster.ts';
export { DatabaseEnvironment, type DatabaseEnvironmentProps } from './database-environment.ts';
export type { Database, EventSources } from './database/database.ts';
export { CrossRegionReplica, type CrossRegionReplicaProps } from './database/cross-region-replica.ts';
export { defaultMaxConnections, maxConnectionsCeiling } from './database/max-connections.ts';
export { PostgresInstance } from './database/postgres-instance.ts';
export type { PostgresInstanceProps } from './database/postgres-props.ts';
export type { RestoreProps } from './database/restore.ts';
export type { StorageProps } from './database/storage.ts';
export { Dns, type DnsProps } from './dns/dns.ts';
export { Encryption, type EncryptionProps } from './encryption.ts';
export type {
  DatabaseNetwork,
  EnvironmentNetwork,
  ExistingNetwork,
  ServiceAccess,
} from './network/database-network.ts';
export type { NetworkSettings } from './network/environment-network.ts';
export { type Nat, Network, type NetworkProps } from './network/network.ts';
export { type EndpointService, endpointServices, VpcEndpoints } from './network/vpc-endpoints.ts';
export { githubProvider } from './pipeline/github-provider.ts';
export { GithubRole, type GithubRoleProps, type GithubSubject } from './pipeline/github-role.ts';
export { PipelineRoles, type PipelineRolesProps } from './pipeline/pipeline-roles.ts';
export type { PolicyStatement } from './pipeline/policy-statement.ts';
export { CostBudget, type CostBudgetProps } from './budget/cost-budget.ts';
export { enforcePolicy } from './policy/enforce-policy.ts';
export { suppress } from './policy/suppress.ts';
export {
  type EnvironmentOverrides,
  type EnvironmentSettings,
  environmentSettings,
  type PresetName,
  presets,
  type RotationSettings,
} from './presets.ts';
export { ReplicaRegion, type ReplicaRegionProps, type ReplicaRegionSettings } from './replica-region.ts';
export { Proxy } from './proxy/proxy.ts';
export type { ProxyProps, ProxySettings } from './proxy/proxy-props.ts';
export { PasswordRotation, type PasswordRotationProps } from './secrets/password-rotation.ts';
export { RotationFunction, type RotationFunctionProps } from './secrets/rotation-function.ts';
export { accountIdContext, type AwsIdentity, awsIdentity } from './stack/aws-identity.ts';
export { AwsRegion } from './stack/aws-region.ts';
export { AwsStack, type AwsStackProps, type StackTags } from './stack/aws-stack.ts';
export { addStateBackend, type StateBackend } from './stack/state-backend.ts';
export { type SynthesizedStack, synthesize } from './stack/synthesize.ts';
export { StateStore, type StateStoreProps } from './state/state-store.ts';
