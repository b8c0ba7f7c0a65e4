import type { PolicyRule } from './policy-rule.ts';
import { alertRules } from './rules/alerts.ts';
import { backupRules } from './rules/backups.ts';
import { bucketUpkeepRules } from './rules/bucket-upkeep.ts';
import { bucketRules } from './rules/buckets.ts';
import { databaseAccessRules } from './rules/database-access.ts';
import { databaseAvailabilityRules } from './rules/database-availability.ts';
import { databaseEncryptionRules } from './rules/database-encryption.ts';
import { databaseInsightRules } from './rules/database-insight.ts';
import { databaseUpkeepRules } from './rules/database-upkeep.ts';
import { identityRules } from './rules/identity.ts';
import { keyAndTopicRules } from './rules/keys-and-topics.ts';
import { logRules } from './rules/logs.ts';
import { machineRules } from './rules/machines.ts';
import { networkRules } from './rules/network.ts';
import { proxyRules } from './rules/proxies.ts';
import { reachabilityRules } from './rules/reachability.ts';
import { secretRules } from './rules/secrets.ts';
import { stackRules } from './rules/stack.ts';
import { trustRules } from './rules/trust.ts';

/** All rules that `checkPolicy` and `checkPlanPolicy` check. */
export const policyRules: readonly PolicyRule[] = [
  ...databaseEncryptionRules,
  ...databaseAccessRules,
  ...databaseAvailabilityRules,
  ...databaseInsightRules,
  ...databaseUpkeepRules,
  ...proxyRules,
  ...networkRules,
  ...reachabilityRules,
  ...machineRules,
  ...keyAndTopicRules,
  ...secretRules,
  ...backupRules,
  ...bucketRules,
  ...bucketUpkeepRules,
  ...logRules,
  ...alertRules,
  ...identityRules,
  ...trustRules,
  ...stackRules,
];
