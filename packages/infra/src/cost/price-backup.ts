import { blocks, list, number, type StackModel, type StackResource, text } from '../stack/stack-model.ts';
import type { Pricer } from './cost-item.ts';

/** What lies in the vaults of a plan: a share of the storage that its selections protect, once a rule and a copy. */
export const priceBackupPlan: Pricer = (resource, stack, usage) => {
  const sizes = protectedDatabases(resource, stack).map(({ config }) => number(config['allocated_storage']));
  if (sizes.length === 0) return { unpriced: 'what it backs up is not in the stack' };
  const aurora = sizes.filter((size) => size === undefined).length;
  const low = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) + aurora * usage.auroraStorageGB.low;
  const high =
    sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) + aurora * usage.auroraStorageGB.high;
  return blocks(resource.config['rule']).flatMap((rule) => {
    const name = text(rule['rule_name']) ?? 'rule';
    const quantity = {
      low: low * usage.vaultShareOfStorage.low,
      high: high * usage.vaultShareOfStorage.high,
    };
    const copies = blocks(rule['copy_action']).map(() => ({
      group: 'misc' as const,
      component: `copies of backups (${name})`,
      priceKey: 'backup.copy',
      quantity,
    }));
    return [
      { group: 'misc' as const, component: `backups (${name})`, priceKey: 'backup.storage', quantity },
      ...copies,
    ];
  });
};

function protectedDatabases(plan: StackResource, stack: StackModel): StackResource[] {
  const addresses = stack
    .ofType('aws_backup_selection')
    .filter(({ config }) => stack.target(config['plan_id'], 'aws_backup_plan')?.address === plan.address)
    .flatMap(({ config }) => list(config['resources']).map((arn) => stack.target(arn)?.address));
  return stack
    .ofType('aws_db_instance', 'aws_rds_cluster')
    .filter(({ address }) => addresses.includes(address));
}
