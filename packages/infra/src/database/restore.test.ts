import { expect, test } from 'vitest';
import { presetJson } from '../../test/preset-stack.ts';
import { checkPolicy, StackModel } from '@ecommerce-dms/stack';
import type { RestoreSettings } from './database-settings.ts';

const backupsArn = 'arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1234';

function restored(restore?: RestoreSettings) {
  const json = presetJson('production', { database: { restore, replicas: 0 } });
  const [writer] = new StackModel(json).ofType('aws_db_instance');
  return { config: writer?.config ?? {}, json };
}

test.each<{ restore: RestoreSettings; attributes: object }>([
  { restore: { snapshotIdentifier: 'shop-final' }, attributes: { snapshot_identifier: 'shop-final' } },
  {
    restore: { sourceIdentifier: 'shop', time: '2026-11-22T10:00:00Z' },
    attributes: {
      restore_to_point_in_time: {
        source_db_instance_identifier: 'shop',
        restore_time: '2026-11-22T10:00:00Z',
      },
    },
  },
  {
    restore: { sourceBackupsArn: backupsArn },
    attributes: {
      restore_to_point_in_time: {
        source_db_instance_automated_backups_arn: backupsArn,
        use_latest_restorable_time: true,
      },
    },
  },
])('a database from $restore names nothing that RDS takes from the source', ({ restore, attributes }) => {
  const { config, json } = restored(restore);
  expect(config).toMatchObject(attributes);
  for (const key of ['db_name', 'username', 'kms_key_id', 'engine_version']) {
    expect(config).not.toHaveProperty(key);
  }
  expect(config).toMatchObject({ storage_encrypted: true, manage_master_user_password: true });
  const { findings, suppressed } = checkPolicy(json);
  expect(findings).toEqual([]);
  expect(suppressed.map(({ rule }) => rule)).toContain('rds-customer-key');
});

test('where a database came from can be forgotten, or changed, without replacing it', () => {
  const ignored = { ignore_changes: ['snapshot_identifier', 'restore_to_point_in_time'] };
  expect(restored({ snapshotIdentifier: 'shop-final' }).config['lifecycle']).toEqual(ignored);
  expect(restored().config['lifecycle']).toEqual(ignored);
});

test.each<{ restore: RestoreSettings; messages: RegExp[] }>([
  { restore: {}, messages: [/names 0 sources/] },
  { restore: { snapshotIdentifier: '' }, messages: [/without a name/] },
  { restore: { sourceIdentifier: 'shop', time: 'yesterday' }, messages: [/"yesterday" is not a time/] },
  { restore: { sourceIdentifier: 'shop', time: '2026-13-01T00:00:00Z' }, messages: [/is not a time/] },
  {
    restore: {
      snapshotIdentifier: 'shop-final',
      sourceIdentifier: 'shop',
      time: '2026-11-22T10:00:00+01:00',
    },
    messages: [/names 2 sources/, /for automated backups/, /is not a time/],
  },
])('$restore is refused: $messages', ({ restore, messages }) => {
  for (const message of messages) expect(() => restored(restore)).toThrow(message);
});
