import { expect, test } from 'vitest';
import { addPresetStack } from '../../test/preset-stack.ts';
import { Encryption } from '../encryption.ts';
import { checkPolicy, StackModel } from '@ecommerce-dms/stack';
import { synthesize } from '../stack/synthesize.ts';
import { BackupVault } from './backup-vault.ts';
import { Backups, type BackupsProps } from './backups.ts';

const name = 'shop-production';

function backedUp(settings: Partial<BackupsProps> = {}, copyToRegion?: string) {
  const { json } = synthesize((app) => {
    const { stack, environment } = addPresetStack(app, 'production', { backups: false });
    const { database, encryption } = environment;
    const region = copyToRegion === undefined ? undefined : stack.inRegion(copyToRegion);
    const copyTo =
      region &&
      new BackupVault(region, 'copies', {
        name,
        encryption: new Encryption(region, 'encryption', { name }),
      });
    new Backups(stack, 'backups', { name, database, encryption, copyTo, ...settings });
    return stack;
  });
  const model = new StackModel(json);
  const [plan] = model.ofType('aws_backup_plan');
  return { json, model, rules: (plan?.config['rule'] ?? []) as unknown as Record<string, unknown>[] };
}

test('the writer alone is backed up, daily and monthly, into an encrypted vault', () => {
  const { json, model, rules } = backedUp();
  expect(rules).toEqual([
    expect.objectContaining({ rule_name: 'daily', lifecycle: { delete_after: 35 } }),
    expect.objectContaining({ rule_name: 'monthly', lifecycle: { delete_after: 365 } }),
  ]);
  const [vault] = model.ofType('aws_backup_vault');
  expect(model.target(rules[0]?.['target_vault_name'] as string)).toBe(vault);
  expect(model.target(vault?.config['kms_key_arn'])?.type).toBe('aws_kms_key');
  expect(vault?.config['force_destroy']).toBe(false);
  const [selection] = model.ofType('aws_backup_selection');
  const resources = selection?.config['resources'] as string[];
  expect(resources.map((arn) => model.target(arn)?.config['identifier'])).toEqual([name]);
  expect(checkPolicy(json).findings).toEqual([]);
});

test('each backup is copied into the other region, for as long as it is kept at home', () => {
  const { model, rules } = backedUp({}, 'eu-central-1');
  for (const rule of rules) {
    const [copy] = rule['copy_action'] as Record<string, string>[];
    expect(copy?.['lifecycle']).toEqual(rule['lifecycle']);
    const vault = model.target(copy?.['destination_vault_arn']);
    expect(vault?.config['provider']).toBe('aws.eu-central-1');
    expect(model.target(vault?.config['kms_key_arn'])?.config['provider']).toBe('aws.eu-central-1');
  }
});

test('with continuous backups the window and the retention are left to AWS Backup', () => {
  const ignored = (settings: Partial<BackupsProps>) =>
    backedUp(settings)
      .model.ofType('aws_db_instance')
      .filter(({ config }) => config['identifier'] === name)
      .map(({ config }) => config['lifecycle'] as { ignore_changes: string[] })
      .flatMap((lifecycle) => lifecycle.ignore_changes);
  expect(ignored({ continuousRetentionDays: 14 })).toEqual([
    ...ignored({}),
    'backup_retention_period',
    'backup_window',
  ]);
  expect(backedUp({ continuousRetentionDays: 14 }).rules.at(-1)).toMatchObject({
    enable_continuous_backup: true,
    lifecycle: { delete_after: 14 },
  });
});

test('a lock is in governance mode', () => {
  const [lock] = backedUp({ lock: { minRetentionDays: 30 } }).model.ofType(
    'aws_backup_vault_lock_configuration',
  );
  expect(lock?.config['min_retention_days']).toBe(30);
  expect(lock?.config).not.toHaveProperty('changeable_for_days');
});

test.each<{ settings: Partial<BackupsProps>; messages: RegExp[] }>([
  {
    settings: { dailyRetentionDays: 0, continuousRetentionDays: 36 },
    messages: [/dailyRetentionDays is 0/, /is 36; AWS Backup allows/],
  },
  {
    settings: { lock: { minRetentionDays: 60 } },
    messages: [/dailyRetentionDays is 35, which the lock forbids/],
  },
  {
    settings: { lock: { maxRetentionDays: 90 } },
    messages: [/monthlyRetentionDays is 365, which the lock forbids/],
  },
  { settings: { lock: { minRetentionDays: 0.5 } }, messages: [/minRetentionDays is 0.5/] },
  { settings: { name: 'a vault' }, messages: [/"a vault" is not 2 to 50/] },
])('$settings is refused: $messages', ({ settings, messages }) => {
  for (const message of messages) expect(() => backedUp(settings)).toThrow(message);
});
