import { backupVaults } from './backup-vaults.ts';
import {
  clusterAutomatedBackups,
  clusterSnapshots,
  instanceAutomatedBackups,
  instanceSnapshots,
} from './database-backups.ts';
import { databaseClusters, databaseInstances, databaseProxies } from './databases.ts';
import { keys } from './keys.ts';
import { logGroups } from './log-groups.ts';
import { machines, volumes } from './machine-remnants.ts';
import { elasticAddresses, natGateways, networkInterfaces, vpcEndpoints } from './network-remnants.ts';
import { priceList, type PriceList } from '@ecommerce-dms/stack';
import type { Finder, Remnant, StackScope } from './remnant.ts';
import { secrets } from './secrets.ts';
import { taggedResources } from './tagged-remnants.ts';

const finders: Readonly<Record<string, Finder>> = {
  'database instances': databaseInstances,
  'database clusters': databaseClusters,
  'database proxies': databaseProxies,
  'snapshots of instances': instanceSnapshots,
  'snapshots of clusters': clusterSnapshots,
  'automated backups of instances': instanceAutomatedBackups,
  'automated backups of clusters': clusterAutomatedBackups,
  'NAT gateways': natGateways,
  'elastic addresses': elasticAddresses,
  'VPC endpoints': vpcEndpoints,
  'network interfaces': networkInterfaces,
  'EC2 instances': machines,
  volumes,
  'log groups': logGroups,
  secrets,
  keys,
  'backup vaults': backupVaults,
  'resources with the tag Stack': taggedResources,
};

export interface TeardownReport {
  /** What costs money and should not be there. Empty after a clean teardown. */
  readonly charged: readonly Remnant[];
  /** What was kept on purpose, such as the final snapshot. */
  readonly kept: readonly Remnant[];
  /** What costs nothing: a key until its deletion, a security group. */
  readonly free: readonly Remnant[];
  /** What could not be looked for, and why: nothing is proven of it. */
  readonly notChecked: readonly { readonly what: string; readonly region: string; readonly why: string }[];
  /** Kinds that were looked for. */
  readonly checked: readonly string[];
  /** What is charged or kept costs a month, in USD: at most, as far as each has a price. */
  readonly monthlyUsd: number;
  /** Whether that is all: each has a price, and everything was looked for. */
  readonly complete: boolean;
}

export interface TeardownOptions {
  /** Value of the tag `Stack` of the stack's resources. */
  readonly stack: string;
  /** Prefix of their names. Default: the stack. */
  readonly name?: string;
  /** All regions that the stack was in. */
  readonly regions: readonly string[];
  /** Identifiers of snapshots that are meant to stay. */
  readonly keptSnapshots?: readonly string[];
  /** Default: those that come with the package. */
  readonly prices?: PriceList;
}

/**
 * Looks in the account for everything of a stack that is left: by direct listing, by its names and by its tag, since
 * some resources lose their tags and others have no name. Reads only. Credentials and endpoint are those of the SDK.
 *
 * @example
 * ```ts
 * const { charged, notChecked } = await findRemnants({ stack: 'billing-test', regions: ['eu-west-1'] });
 * const isGone = charged.length === 0 && notChecked.length === 0; // what could not be looked for is not proven
 * ```
 */
export async function findRemnants(options: TeardownOptions): Promise<TeardownReport> {
  const { stack, name = stack, regions, keptSnapshots = [], prices = priceList } = options;
  const found: Remnant[] = [];
  const notChecked: { what: string; region: string; why: string }[] = [];
  const search = async (what: string, finder: Finder, scope: StackScope): Promise<void> => {
    try {
      for (const { removal, ...remnant } of await finder(scope)) {
        const command = removal && `aws ${removal} --region ${scope.region}`;
        found.push({ charged: true, ...remnant, region: scope.region, removal: command });
      }
    } catch (error) {
      const [why = ''] = (error as Error).message.split('\n');
      notChecked.push({ what, region: scope.region, why: `${(error as Error).name}: ${why}` });
    }
  };
  await Promise.all(
    [...new Set(regions)].flatMap((region) =>
      Object.entries(finders).map(([what, finder]) => search(what, finder, { stack, name, region, prices })),
    ),
  );
  const isKept = ({ kind, id }: Remnant): boolean => kind.endsWith('snapshot') && keptSnapshots.includes(id);
  const sorted = found.toSorted((a, b) => `${a.kind} ${a.id}`.localeCompare(`${b.kind} ${b.id}`));
  const charged = sorted.filter((remnant) => remnant.charged && !isKept(remnant));
  const kept = sorted.filter(isKept);
  const costs = [...charged, ...kept].map(({ monthlyUsd }) => monthlyUsd);
  return {
    charged,
    kept,
    free: sorted.filter((remnant) => !remnant.charged && !isKept(remnant)),
    notChecked,
    checked: Object.keys(finders),
    monthlyUsd: costs.reduce<number>((sum, cost = 0) => sum + cost, 0),
    complete: notChecked.length === 0 && !costs.includes(undefined),
  };
}
