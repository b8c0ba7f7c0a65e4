import {
  CloudWatchLogsClient,
  ListTagsForResourceCommand,
  type LogGroup,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, type Found, free, isOwned, type StackScope } from './remnant.ts';

/** Enhanced monitoring writes here for all databases of the account and region. */
const sharedGroup = 'RDSOSMetrics';

/**
 * Log groups of the stack. RDS creates its groups again, without tags, when a database writes its last lines after
 * Terraform has deleted them: those are found by their names.
 */
export const logGroups: Finder = async (scope) => {
  const { region, stack, name } = scope;
  const client = new CloudWatchLogsClient({ region });
  const groups = await allOf(paginateDescribeLogGroups({ client }, {}), (page) => page.logGroups);
  const candidates = groups.filter(({ logGroupName = '' }) => namesOf(logGroupName, name));
  const owned = await Promise.all(
    candidates.map(async (group) => {
      const resourceArn = (group.arn ?? '').replace(/:\*$/, '');
      const { tags = {} } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
      return (tags['Stack'] ?? stack) === stack ? [remnant(group, scope)] : [];
    }),
  );
  const shared = groups.filter(({ logGroupName }) => logGroupName === sharedGroup);
  return [...owned.flat(), ...shared.map((group) => sharedRemnant(group, region))];
};

/** `/aws/rds/instance/NAME/postgresql`, `/aws/vpc/NAME/flow-logs`: a part of the path is the stack's. */
function namesOf(path: string, name: string): boolean {
  return path.split('/').some((part) => isOwned({ stack: name, name }, part));
}

function remnant({ logGroupName: id = '', storedBytes }: LogGroup, scope: StackScope): Found {
  return {
    kind: 'log group',
    id,
    detail: storedBytes === undefined ? 'of unknown size' : `${storedBytes} bytes`,
    monthlyUsd: monthlyPrice(scope, 'logs.storage', storedBytes && storedBytes / 1e9),
    removal: `logs delete-log-group --log-group-name ${id}`,
  };
}

function sharedRemnant({ logGroupName: id = '', retentionInDays }: LogGroup, region: string): Found {
  const kept = retentionInDays === undefined ? 'for ever' : `${retentionInDays} days`;
  return {
    kind: 'log group',
    id,
    detail: `shared by all databases of the account in ${region}; its lines are kept ${kept}`,
    ...free,
  };
}
