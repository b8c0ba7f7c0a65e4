import { expect, test } from 'vitest';
import { addPresetStack, presetJson } from '../../test/preset-stack.ts';
import { blocks, StackModel } from '@ecommerce-dms/stack';
import { synthesize } from '../stack/synthesize.ts';
import type { EnvironmentOverrides } from '../environment-settings.ts';

function instances(database: EnvironmentOverrides['database']) {
  const stack = new StackModel(presetJson('production', { database }));
  const all = stack.ofType('aws_db_instance').map(({ config }) => config);
  return {
    stack,
    writer: all.find((config) => config['replicate_source_db'] === undefined) ?? {},
    replicas: all.filter((config) => config['replicate_source_db'] !== undefined),
  };
}

test.each([0, 1, 15])('%i replicas', (count) => {
  const { stack, replicas } = instances({ replicas: count });
  expect(replicas.map((replica) => replica['identifier']).toSorted()).toEqual(
    Array.from({ length: count }, (_, index) => `shop-production-replica-${index + 1}`).toSorted(),
  );
  for (const replica of replicas) {
    expect(stack.target(replica['replicate_source_db'])?.path).toBe('shop-production/shop/database/writer');
    // RDS refuses these on a replica.
    for (const key of ['engine', 'username', 'db_name', 'allocated_storage', 'manage_master_user_password']) {
      expect(replica).not.toHaveProperty(key);
    }
    expect(replica['skip_final_snapshot']).toBe(true);
  }
});

test('RDS manages the password where it can, and it is in no state where it can not', () => {
  const alone = instances({ replicas: 0 });
  expect(alone.writer['manage_master_user_password']).toBe(true);
  expect(alone.stack.ofType('aws_secretsmanager_secret')).toEqual([]);

  const { stack, writer } = instances({ replicas: 1, adminPasswordVersion: 3 });
  expect(writer).not.toHaveProperty('manage_master_user_password');
  expect(writer).not.toHaveProperty('password');
  expect(writer).toMatchObject({ password_wo_version: 3 });
  expect(writer['password_wo']).toMatch(/^\$\{jsondecode\(ephemeral\.aws_secretsmanager_secret_version\./);
  const [version] = stack.ofType('aws_secretsmanager_secret_version');
  expect(version?.config).toMatchObject({ secret_string_wo_version: 3 });
  expect(version?.config).not.toHaveProperty('secret_string');
});

test('a replica can have a class of its own', () => {
  const { writer, replicas } = instances({ replicas: 1, replicaInstanceClass: 'db.r7g.large' });
  expect([writer['instance_class'], replicas[0]?.['instance_class']]).toEqual([
    'db.m7g.large',
    'db.r7g.large',
  ]);
});

test('parameters take effect when RDS lets them', () => {
  const { stack } = instances({ parameters: { log_statement: 'all', wal_buffers: '2048' } });
  const [group] = stack.ofType('aws_db_parameter_group');
  const byName = Object.fromEntries(
    blocks(group?.config['parameter']).map(({ name, value, apply_method }) => [
      name,
      `${value} ${apply_method}`,
    ]),
  );
  expect(byName).toMatchObject({
    'rds.force_ssl': '1 immediate',
    log_statement: 'all immediate',
    max_connections: '800 pending-reboot',
    wal_buffers: '2048 pending-reboot',
  });
});

test('every exported log has an encrypted group with a retention, before the instance', () => {
  const { stack, writer } = instances({ replicas: 1 });
  const groups = stack
    .ofType('aws_cloudwatch_log_group')
    .filter(({ config }) => String(config['name']).startsWith('/aws/rds/'));
  expect(groups.map(({ config }) => config['name']).toSorted()).toEqual([
    '/aws/rds/instance/shop-production-replica-1/postgresql',
    '/aws/rds/instance/shop-production-replica-1/upgrade',
    '/aws/rds/instance/shop-production/postgresql',
    '/aws/rds/instance/shop-production/upgrade',
  ]);
  expect(writer['depends_on']).toHaveLength(2);
});

test('what reads a PostgreSQL log can refer to its group', () => {
  const { json } = synthesize((app) => {
    const { stack, environment } = addPresetStack(app, 'production');
    const { logGroupNames } = environment.database;
    expect([...logGroupNames.keys()]).toEqual(['shop-production', 'shop-production-replica-1']);
    stack.addOverride('output.log_group.value', logGroupNames.get('shop-production-replica-1'));
    return stack;
  });
  const group = new StackModel(json).target(json.output?.['log_group']?.['value']);
  expect(group?.config['name']).toBe('/aws/rds/instance/shop-production-replica-1/postgresql');
});

test('without protection nothing stays behind', () => {
  const { writer } = instances({ finalSnapshot: false, deletionProtection: false });
  expect(writer).toMatchObject({
    skip_final_snapshot: true,
    delete_automated_backups: true,
    deletion_protection: false,
  });
  expect(writer).not.toHaveProperty('final_snapshot_identifier');
});

test('advanced insights keep 465 days', () => {
  expect(instances({ insights: 'advanced' }).writer).toMatchObject({
    database_insights_mode: 'advanced',
    performance_insights_retention_period: 465,
  });
});

test('any attribute can be set on the resource itself', () => {
  const { json } = synthesize((app) => {
    const { stack, environment } = addPresetStack(app, 'production');
    environment.database.writer.dedicatedLogVolume = true;
    return stack;
  });
  expect(JSON.stringify(json)).toContain('"dedicated_log_volume":true');
});

test('every setting that RDS would refuse is reported at once', () => {
  const broken = {
    instanceClass: 'db.m7g.lrage',
    replicaInstanceClass: 'db.m7g.huge',
    majorVersion: 14,
    replicas: 16,
    storage: { allocatedGib: 10 },
    port: 80,
    adminUsername: 'postgres',
    backupRetentionDays: 36,
    monitoringIntervalSeconds: 7,
    parameters: { max_connections: '1' },
  };
  const error = (() => {
    try {
      presetJson('production', { database: broken });
      return undefined;
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toMatchObject({ code: 'invalid-settings', exitCode: 2 });
  const { message } = error as Error;
  for (const word of [
    'instanceClass "db.m7g.lrage" does not exist',
    'use one with a similar name: db.m7g.large',
    'replicaInstanceClass "db.m7g.huge" does not exist',
    '14',
    '16',
    'allocatedGib',
    'port is 80',
    '"postgres"',
    '36',
    '7',
    'parameters',
  ]) {
    expect(message).toContain(word);
  }
});

test.each([
  { database: { backupRetentionDays: 0 }, message: /replicas need backups/ },
  { database: { maxConnections: 902 }, message: /6 to 901/ },
])('$database is refused: $message', ({ database, message }) => {
  expect(() => presetJson('production', { database })).toThrow(message);
});

test.each([
  { database: { adminPassword: 'rds' } as const, message: /RDS refuses for the source of replicas/ },
  { database: { replicas: 1, blueGreen: true }, message: /leave the 1 replicas behind/ },
  { database: { replicas: 0, blueGreen: true, backupRetentionDays: 0 }, message: /blueGreen needs backups/ },
  {
    database: { replicas: 0, blueGreen: true, adminPassword: 'rds' } as const,
    message: /RDS refuses for blueGreen/,
  },
])('$database, which RDS or Terraform would break on, is refused', ({ database, message }) => {
  expect(() => presetJson('production', { database })).toThrow(message);
});

test('blue/green updates need a password that RDS does not manage', () => {
  const { writer } = instances({ replicas: 0, blueGreen: true });
  expect(writer['blue_green_update']).toEqual({ enabled: true });
  expect(writer).toHaveProperty('password_wo');
  expect(writer).not.toHaveProperty('manage_master_user_password');
  expect(instances({ replicas: 0 }).writer).not.toHaveProperty('blue_green_update');
});

test('the password can be kept from RDS for replicas that come later', () => {
  expect(instances({ replicas: 0, adminPassword: 'secrets-manager' }).writer).toHaveProperty('password_wo');
});
