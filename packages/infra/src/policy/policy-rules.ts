import type { PolicyRule } from './policy-rule.ts';
import { databaseAccessRules } from './rules/database-access.ts';
import { databaseAvailabilityRules } from './rules/database-availability.ts';
import { databaseEncryptionRules } from './rules/database-encryption.ts';
import { databaseInsightRules } from './rules/database-insight.ts';
import { identityRules } from './rules/identity.ts';
import { keyAndTopicRules } from './rules/keys-and-topics.ts';
import { logAndAlarmRules } from './rules/logs-and-alarms.ts';
import { networkRules } from './rules/network.ts';
import { stackRules } from './rules/stack.ts';

/** Every rule that `checkPolicy` asks. */
export const policyRules: readonly PolicyRule[] = [
  ...databaseEncryptionRules,
  ...databaseAccessRules,
  ...databaseAvailabilityRules,
  ...databaseInsightRules,
  ...networkRules,
  ...keyAndTopicRules,
  ...logAndAlarmRules,
  ...identityRules,
  ...stackRules,
];
