import { blocks, list, number, type StackModel, type StackResource, text } from '../model/stack-model.ts';
import type { CostItem, Pricer } from './cost-item.ts';
import { type Range, sumOf } from './range.ts';
import type { UsageAssumptions } from './usage-assumptions.ts';

/** What lies in the vaults of a plan: a share of the storage that its selections protect, for each rule and each copy. */
export const priceBackupPlan: Pricer = (resource, stack, usage) => {
  const databases = protectedDatabases(resource, stack);
  if (databases.length === 0) return { unpriced: 'what it backs up is not in the stack' };
  const sizes = databases.map((database) => database && sizeOf(database, stack, usage));
  if (sizes.includes(undefined)) {
    return { unpriced: 'not all of what it backs up is in the stack with its size' };
  }
  const size = sumOf(sizes.filter((size) => size !== undefined));
  const quantity = {
    low: size.low * usage.vaultShareOfStorage.low,
    high: size.high * usage.vaultShareOfStorage.high,
  };
  const items: CostItem[] = [];
  for (const rule of blocks(resource.config['rule'])) {
    const name = text(rule['rule_name']) ?? 'rule';
    items.push({ component: `backups (${name})`, priceKey: 'backup.storage', quantity });
    for (const copy of blocks(rule['copy_action'])) {
      const region = regionOfVault(text(copy['destination_vault_arn']), stack);
      if (region === undefined)
        return { unpriced: `the region of the copies of its rule ${name} is not known` };
      items.push({ component: `copies of backups (${name})`, priceKey: 'backup.copy', quantity, region });
    }
  }
  return items;
};

/** Undefined stands for what a selection names or finds outside of the stack. */
function protectedDatabases(plan: StackResource, stack: StackModel): (StackResource | undefined)[] {
  return stack
    .referrers('aws_backup_selection', 'plan_id', plan)
    .flatMap(({ config }) => [
      ...list(config['resources']).map((arn) => databaseOf(arn, stack)),
      ...[...blocks(config['selection_tag']), ...blocks(config['condition'])].map(() => undefined),
    ]);
}

function databaseOf(arn: Parameters<StackModel['target']>[0], stack: StackModel): StackResource | undefined {
  const target = stack.target(arn);
  return target?.type === 'aws_db_instance' || target?.type === 'aws_rds_cluster' ? target : undefined;
}

/** Aurora's storage grows by itself. A replica has the size of its source. */
function sizeOf({ config }: StackResource, stack: StackModel, usage: UsageAssumptions): Range | undefined {
  if (text(config['engine']) === 'aurora-postgresql') return usage.auroraStorageGB;
  const source = stack.target(config['replicate_source_db'], 'aws_db_instance');
  const gib = number(config['allocated_storage']) ?? number(source?.config['allocated_storage']);
  return gib === undefined ? undefined : { low: gib, high: gib };
}

/** Of a vault of the stack, or of one that is named by its ARN. */
function regionOfVault(arn: string | undefined, stack: StackModel): string | undefined {
  const vault = stack.target(arn, 'aws_backup_vault');
  if (vault !== undefined) return stack.regionOf(vault);
  return /^arn:[\w-]+:backup:([\w-]+):/.exec(arn ?? '')?.[1];
}
