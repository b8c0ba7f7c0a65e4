import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { Construct } from 'constructs';

/** The logs that RDS for PostgreSQL exports. */
export const exportedLogs = ['postgresql', 'upgrade'] as const;

export type LogGroups = Readonly<Record<(typeof exportedLogs)[number], CloudwatchLogGroup>>;

/**
 * The log groups of an instance. RDS writes to groups of these names; when it has to create them itself they are
 * neither encrypted with the customer's key nor ever emptied.
 */
export function exportedLogGroups(
  scope: Construct,
  props: { identifier: string; keyArn: string; retentionDays: number },
): LogGroups {
  const group = (log: (typeof exportedLogs)[number]) =>
    new CloudwatchLogGroup(scope, `logs-${props.identifier}-${log}`, {
      name: `/aws/rds/instance/${props.identifier}/${log}`,
      retentionInDays: props.retentionDays,
      kmsKeyId: props.keyArn,
    });
  return { postgresql: group('postgresql'), upgrade: group('upgrade') };
}
