import { expect, test } from 'vitest';
import { fixturePlan } from '../../test/fixture-plan.ts';
import type { JsonObject } from '../model/stack-json.ts';
import { destructiveChanges } from './destructive-changes.ts';
import type { PlanAction, TerraformPlan } from './terraform-plan.ts';

/** A plan that changes one resource. */
function planWith(
  type: string,
  actions: readonly PlanAction[],
  before: JsonObject | null,
  after: JsonObject | null = null,
): TerraformPlan {
  const resource_changes = [
    { address: `${type}.a`, mode: 'managed', type, change: { actions, before, after } } as const,
  ];
  return { ...fixturePlan(), resource_changes };
}

test('what a plan deletes and replaces is named, with what forces it', () => {
  const found = destructiveChanges(fixturePlan());
  const lines = found.map(
    ({ address, action, name, forcedBy }) => `${action} ${address} ${name}: ${forcedBy.join(', ')}`,
  );
  expect(lines).toEqual([
    'delete aws_backup_vault.daily daily: ',
    'update aws_db_instance.ledger ledger: password_wo_version',
    'delete aws_db_instance.replica billing-replica-1: ',
    'replace aws_db_instance.writer billing: storage_encrypted, kms_key_id',
    'delete aws_db_subnet_group.billing billing: ',
    'delete aws_kms_key.old 1234abcd-12ab-34cd-56ef-1234567890ab: ',
    'delete aws_rds_cluster.archive archive: ',
    'delete aws_s3_bucket.state acme-state: ',
    'replace module.network.aws_subnet.database[0] database-a: availability_zone',
    'replace module.network.aws_subnet.database[1] subnet-2: availability_zone',
  ]);
  expect(found.map(({ reason }) => reason)).toContain('delete_because_no_resource_config');
});

test('it says whether anything of the data is kept', () => {
  const why = (before: JsonObject) =>
    destructiveChanges(planWith('aws_db_instance', ['delete'], before)).map((change) => change.why)[0];
  expect(why({ skip_final_snapshot: false, final_snapshot_identifier: 'shop-final' })).toContain(
    'after the final snapshot shop-final',
  );
  expect(why({ skip_final_snapshot: true, final_snapshot_identifier: 'shop-final' })).toContain(
    'without a final snapshot',
  );
  expect(why({ delete_automated_backups: false })).toContain('automated backups are kept');
  expect(why({ replicate_source_db: 'shop' })).toMatch(/^The replica is deleted/);
});

test('a resource without a name is confirmed by its address', () => {
  const [change] = destructiveChanges(planWith('aws_subnet', ['delete'], {}));
  expect(change?.name).toBe('aws_subnet.a');
});

test.each([
  { what: 'no change', action: 'no-op' },
  { what: 'an update', action: 'update' },
  { what: 'a resource that Terraform only forgets', action: 'forget' },
] as const)('$what is not destructive', ({ action }) => {
  expect(destructiveChanges(planWith('aws_db_instance', [action], {}, {}))).toEqual([]);
});

test('a replacement in either order is one', () => {
  for (const actions of [['delete', 'create'] as const, ['create', 'delete'] as const]) {
    const found = destructiveChanges(planWith('aws_kms_key', actions, { id: '1' }, {}));
    expect(found.map(({ action }) => action)).toEqual(['replace']);
  }
});

test('only a password that changes under blue/green must be confirmed', () => {
  const blueGreen = { blue_green_update: [{ enabled: true }] };
  const found = (before: JsonObject, after: JsonObject) =>
    destructiveChanges(planWith('aws_db_instance', ['update'], before, after)).map(
      ({ forcedBy }) => forcedBy,
    );
  expect(found({ password: 'old' }, { password: 'new', ...blueGreen })).toEqual([['password']]);
  expect(found({}, { manage_master_user_password: true, ...blueGreen })).toEqual([
    ['manage_master_user_password'],
  ]);
  expect(found({ password: 'old' }, { password: 'new', blue_green_update: [{ enabled: false }] })).toEqual(
    [],
  );
  expect(found({ password: null }, blueGreen)).toEqual([]);
});

test('no password is in the change', () => {
  const [change] = destructiveChanges(
    planWith(
      'aws_db_instance',
      ['update'],
      { password: 'old secret' },
      { password: 'new secret', blue_green_update: [{ enabled: true }] },
    ),
  );
  expect(JSON.stringify(change)).not.toContain('secret');
});
