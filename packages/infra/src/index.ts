export { Access, type AccessProps, type DatabaseUsers } from './access/access.ts';
export { AlertTopic, type AlertTopicProps } from './alerts/alert-topic.ts';
export { DatabaseEvents, type DatabaseEventsProps } from './alerts/database-events.ts';
export { BackupVault, type BackupVaultProps } from './backups/backup-vault.ts';
export { Backups, type BackupsProps } from './backups/backups.ts';
export { Bastion, type BastionProps } from './bastion/bastion.ts';
export { Bootstrap, type BootstrapProps } from './bootstrap.ts';
export { PostgresCluster } from './cluster/postgres-cluster.ts';
export { DatabaseEnvironment, type DatabaseEnvironmentProps } from './database-environment.ts';
export type { Database, EventSources } from './database/database.ts';
export { CrossRegionReplica, type CrossRegionReplicaProps } from './database/cross-region-replica.ts';
export { PostgresInstance } from './database/postgres-instance.ts';
export type { PostgresInstanceProps } from './database/postgres-props.ts';
export { Dns, type DnsProps } from './dns/dns.ts';
export { Encryption, type EncryptionProps } from './encryption.ts';
export type { DatabaseNetwork, EnvironmentNetwork, ServiceAccess } from './network/database-network.ts';
export { Network, type NetworkProps } from './network/network.ts';
export { type EndpointService, endpointServices } from './network/network-settings.ts';
export { VpcEndpoints } from './network/vpc-endpoints.ts';
export { githubProvider } from './pipeline/github-provider.ts';
export { GithubRole, type GithubRoleProps, type GithubSubject } from './pipeline/github-role.ts';
export { PipelineRoles, type PipelineRolesProps } from './pipeline/pipeline-roles.ts';
export type { PolicyStatement } from './pipeline/policy-statement.ts';
export { CostBudget, type CostBudgetProps } from './budget/cost-budget.ts';
export { enforcePolicy } from './policy/enforce-policy.ts';
export { suppress } from './policy/suppress.ts';
export { ReplicaRegion, type ReplicaRegionProps } from './replica-region.ts';
export { Proxy } from './proxy/proxy.ts';
export type { ProxyProps } from './proxy/proxy-props.ts';
export { PasswordRotation, type PasswordRotationProps } from './secrets/password-rotation.ts';
export { RotationFunction, type RotationFunctionProps } from './secrets/rotation-function.ts';
export { accountIdContext, type AwsIdentity, awsIdentity } from './stack/aws-identity.ts';
export { AwsRegion } from './stack/aws-region.ts';
export { AwsStack, type AwsStackProps, type StackTags } from './stack/aws-stack.ts';
export { addStateBackend } from './stack/state-backend.ts';
export { type SynthesizedStack, synthesize } from './stack/synthesize.ts';
export { StateStore, type StateStoreProps } from './state/state-store.ts';
export type {
  AuroraClusterProps,
  CompleteCluster,
  MultiAzClusterProps,
  PostgresClusterProps,
} from './cluster/complete-cluster.ts';
export {
  type AuroraSettings,
  type BackupRetentions,
  type BackupSettings,
  type ClusterSettings,
  type ClusterStorageSettings,
  type DatabaseSettings,
  defaultMaxConnections,
  type DnsSettings,
  type EnvironmentOverrides,
  type EnvironmentSettings,
  environmentSettings,
  type ExistingNetwork,
  maxConnectionsCeiling,
  type MultiAzSettings,
  type NetworkSettings,
  type PresetName,
  presets,
  type ProxySettings,
  type ReaderScalingSettings,
  type ReplicaRegionSettings,
  type RestoreSettings,
  type RotationSettings,
  serverlessConnections,
  type ServerlessSettings,
  type StateBackend,
  type StorageSettings,
  type VaultLock,
} from './settings.ts';
