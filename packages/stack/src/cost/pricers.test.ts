import { describe, expect, test } from 'vitest';
import { costStack, type Resources } from '../../test/cost-stack.ts';
import type { JsonObject } from '../model/stack-json.ts';
import { estimateCost } from './estimate-cost.ts';

function estimate(...parts: readonly Resources[]) {
  return estimateCost(costStack(Object.assign({}, ...parts)), { hours: 1 });
}

function monthly(component: string | RegExp, ...parts: readonly Resources[]) {
  const { rows, unpriced } = estimate(...parts);
  expect(unpriced).toEqual([]);
  const matching = rows.filter((row) => row.component.match(component));
  expect(matching.map((row) => row.component)).toHaveLength(1);
  return matching[0]?.monthly ?? { low: NaN, high: NaN };
}

const serverless: Resources = {
  'aws_rds_cluster.shop': {
    engine: 'aurora-postgresql',
    serverlessv2_scaling_configuration: { min_capacity: 0.5, max_capacity: 8 },
  },
  'aws_rds_cluster_instance.one': {
    cluster_identifier: '${aws_rds_cluster.shop.cluster_identifier}',
    instance_class: 'db.serverless',
  },
};

test('a serverless instance costs what its cluster lets it take', () => {
  const { low, high } = monthly(/capacity units/, serverless);
  expect(low).toBeCloseTo(0.5 * 0.14 * 730);
  expect(high).toBeCloseTo(8 * 0.14 * 730);
  expect(monthly(/I\/O requests/, serverless).high).toBeGreaterThan(0);
});

test('I/O-Optimized storage has no charge for requests', () => {
  const cluster = { ...serverless['aws_rds_cluster.shop'], storage_type: 'aurora-iopt1' };
  const { rows } = estimate(serverless, { 'aws_rds_cluster.shop': cluster });
  expect(rows.some(({ component }) => component.includes('requests'))).toBe(false);
  expect(rows.map(({ component }) => component).join()).toContain('I/O-Optimized');
});

test('a class of a Multi-AZ cluster without a price is named, its storage is on three instances', () => {
  const cluster: Resources = {
    'aws_rds_cluster.shop': {
      engine: 'postgres',
      db_cluster_instance_class: 'db.m6gd.large',
      storage_type: 'gp3',
      allocated_storage: 100,
    },
  };
  const { rows, unpriced } = estimate(cluster);
  expect(unpriced.map(({ reason }) => reason)).toEqual([
    'no price of rds.cluster.db.m6gd.large in eu-west-1',
  ]);
  const storage = rows.find(({ component }) => component.includes('storage'));
  expect(storage?.monthly.low).toBeCloseTo(3 * 100 * 0.127);
});

test('a proxy is paid by the vCPUs behind it', () => {
  const parts: Resources = {
    'aws_db_proxy.pool': {},
    'aws_db_proxy_target.it': {
      db_proxy_name: '${aws_db_proxy.pool.name}',
      db_instance_identifier: '${aws_db_instance.shop.identifier}',
    },
  };
  const database = (instanceClass: string): Resources => ({
    'aws_db_instance.shop': {
      engine: 'postgres',
      instance_class: instanceClass,
      storage_type: 'gp3',
      allocated_storage: 20,
    },
  });
  const large = monthly(/proxy/, parts, database('db.m7g.large'));
  expect(monthly(/proxy/, parts, database('db.m7g.2xlarge')).low).toBeCloseTo(4 * large.low);
  expect(estimate(parts).unpriced.map(({ reason }) => reason)).toEqual([
    'what is behind it is not in the stack',
  ]);
});

test('an interface endpoint is paid in each zone, a gateway endpoint is free', () => {
  const endpoint = (config: JsonObject): Resources => ({ 'aws_vpc_endpoint.it': config });
  expect(estimate(endpoint({ service_name: 'com.amazonaws.eu-west-1.s3' })).total.monthly.high).toBe(0);
  const subnets = ['${aws_subnet.a.id}', '${aws_subnet.b.id}'];
  const it = endpoint({
    vpc_endpoint_type: 'Interface',
    service_name: 'com.amazonaws.eu-west-1.kms',
    subnet_ids: subnets,
  });
  expect(monthly(/endpoint of kms in 2 zones/, it).low).toBeCloseTo(2 * 0.0101 * 730);
});

test('a bastion is an instance and its volume', () => {
  const parts: Resources = {
    'aws_launch_template.bastion': {
      instance_type: 't4g.nano',
      block_device_mappings: [{ ebs: { volume_size: 8, volume_type: 'gp3' } }],
    },
    'aws_autoscaling_group.bastion': {
      min_size: 1,
      launch_template: { id: '${aws_launch_template.bastion.id}' },
    },
  };
  expect(monthly(/t4g.nano/, parts).low).toBeCloseTo(0.0046 * 730);
  expect(monthly(/volume, 8 GiB/, parts).low).toBeCloseTo(8 * 0.088);
});

test.each([
  { which: 'without a size', mapping: { ebs: { volume_type: 'gp3' } } },
  { which: 'without a type', mapping: { ebs: { volume_size: 8 } } },
  { which: 'of its image alone', mapping: undefined },
])('the volume of a machine $which has no price', ({ mapping }) => {
  const { rows, unpriced } = estimate({
    'aws_launch_template.it': { instance_type: 't4g.nano', block_device_mappings: mapping },
    'aws_autoscaling_group.it': { min_size: 1, launch_template: { id: '${aws_launch_template.it.id}' } },
  });
  expect(rows).toEqual([]);
  expect(unpriced.map(({ reason }) => reason).join()).toMatch(/volume/);
});

test('a number of machines that is not known has no price, whatever the minimum is', () => {
  const { unpriced } = estimate({
    'aws_autoscaling_group.it': {
      min_size: 1,
      desired_capacity: '${var.n}',
      launch_template: { id: '${aws_launch_template.it.id}' },
    },
  });
  expect(unpriced).toMatchObject([{ reason: 'its desired_capacity is not literal' }]);
});

describe('what belongs to a cluster', () => {
  const cluster = (config: JsonObject): Resources => ({ 'aws_rds_cluster.shop': config });
  const member = (name: string, config: JsonObject = {}): Resources => ({
    [`aws_rds_cluster_instance.${name}`]: {
      cluster_identifier: '${aws_rds_cluster.shop.cluster_identifier}',
      instance_class: 'db.r7g.large',
      ...config,
    },
  });
  const multiAz = {
    engine: 'postgres',
    db_cluster_instance_class: 'db.r6gd.large',
    storage_type: 'gp3',
    allocated_storage: 400,
  };
  const aurora = { engine: 'aurora-postgresql' };
  const quantities = (pattern: RegExp, ...parts: readonly Resources[]) =>
    estimate(...parts)
      .rows.filter(({ component }) => pattern.test(component))
      .map(({ quantity }) => quantity.high);

  test('advanced insights, at every instance', () => {
    const advanced = { database_insights_mode: 'advanced' };
    expect(quantities(/Insights/, cluster({ ...aurora, ...advanced }), member('one'), member('two'))).toEqual(
      [2, 2],
    );
    expect(quantities(/Insights/, cluster({ ...multiAz, ...advanced }))).toEqual([6]);
    // Newer than the table of classes.
    const newer = { ...multiAz, ...advanced, db_cluster_instance_class: 'db.r99g.large' };
    const { unpriced } = estimate(cluster(newer));
    expect(unpriced.map(({ price }) => price?.key)).toContain('rds.insights.advanced.db.r99g.large');
    const served = estimate(serverless, cluster({ ...serverless['aws_rds_cluster.shop'], ...advanced }));
    expect(served.unpriced.map(({ price }) => price?.key)).toEqual(['rds.insights.advanced.db.serverless']);
  });

  test('enhanced monitoring and bought performance of gp3, at each of three instances', () => {
    const monitoring = { ...multiAz, monitoring_interval: 60 };
    const single = { ...multiAz, instance_class: 'db.t4g.micro', monitoring_interval: 60 };
    const [one = NaN] = quantities(/monitoring/, { 'aws_db_instance.one': single });
    expect(quantities(/monitoring/, cluster(monitoring))[0]).toBeCloseTo(3 * one);
    expect(quantities(/gp3 IOPS/, cluster({ ...multiAz, iops: 13_000 }))).toEqual([3000]);
  });

  test('IOPS, without which io1 has no price', () => {
    expect(estimate(cluster({ ...multiAz, storage_type: 'io1' })).unpriced).toMatchObject([
      { reason: 'its iops are not literal' },
    ]);
  });

  test('readers that autoscaling may add to those that are there', () => {
    const scaling = (config: JsonObject): Resources => ({
      'aws_appautoscaling_target.it': {
        scalable_dimension: 'rds:cluster:ReadReplicaCount',
        resource_id: 'cluster:${aws_rds_cluster.shop.cluster_identifier}',
        max_capacity: 4,
        ...config,
      },
    });
    const parts = [cluster(aurora), member('writer'), member('reader'), scaling({})];
    const { unpriced } = estimate(...parts);
    const added = unpriced.filter(({ resource }) => resource === 'aws_appautoscaling_target.it');
    expect(added).toMatchObject([{ price: { key: 'aurora.instance.db.r7g.large' } }]);
    const capacity = quantities(/3 more readers: Aurora capacity/, serverless, scaling({ max_capacity: 3 }));
    expect(capacity).toEqual([3 * 8]);
    for (const unknown of [
      { max_capacity: '${var.n}' },
      { resource_id: 'cluster:another' },
      { scalable_dimension: 'ecs:service:DesiredCount' },
    ]) {
      expect(estimate(serverless, scaling(unknown)).complete).toBe(false);
    }
  });

  test('an instance whose cluster is elsewhere, whose storage decides its price', () => {
    const elsewhere = member('one', { cluster_identifier: 'shop' });
    expect(estimate(elsewhere).unpriced).toMatchObject([{ reason: 'its cluster is not in the stack' }]);
  });
});

test('copies of backups are paid where they lie', () => {
  const parts = (destination: string): Resources => ({
    'aws_db_instance.shop': { engine: 'postgres', allocated_storage: 100 },
    'aws_backup_vault.far': { region: 'us-east-1' },
    'aws_backup_plan.plan': {
      rule: [{ rule_name: 'daily', copy_action: [{ destination_vault_arn: destination }] }],
    },
    'aws_backup_selection.it': {
      plan_id: '${aws_backup_plan.plan.id}',
      resources: ['${aws_db_instance.shop.arn}'],
    },
  });
  const copies = (destination: string) =>
    estimate(parts(destination)).rows.filter(({ component }) => component.startsWith('copies'));
  expect(copies('${aws_backup_vault.far.arn}')).toHaveLength(1);
  const sydney = estimate(parts('arn:aws:backup:ap-southeast-2:123456789012:backup-vault:far'));
  expect(sydney.unpriced.map(({ price }) => price)).toContainEqual({
    region: 'ap-southeast-2',
    key: 'backup.copy',
  });
  expect(
    estimate(parts('${var.vault}'))
      .unpriced.map(({ reason }) => reason)
      .join(),
  ).toMatch(/region of the copies/);
});

test.each<{ which: string; selection: JsonObject }>([
  {
    which: 'that is outside of the stack',
    selection: { resources: ['${aws_db_instance.shop.arn}', 'arn:aws:rds:eu-west-1:1:db:other'] },
  },
  {
    which: 'that is found by its tag',
    selection: { selection_tag: [{ type: 'STRINGEQUALS', key: 'Backup', value: 'yes' }] },
  },
  {
    which: 'whose size is not known',
    selection: { resources: ['${aws_db_instance.unsized.arn}'] },
  },
])('a backup plan has no price for a database $which', ({ selection }) => {
  const { rows, unpriced } = estimate({
    'aws_db_instance.shop': { engine: 'postgres', allocated_storage: 100 },
    'aws_db_instance.unsized': { engine: 'postgres' },
    'aws_backup_plan.plan': { rule: [{ rule_name: 'daily' }] },
    'aws_backup_selection.it': { plan_id: '${aws_backup_plan.plan.id}', ...selection },
  });
  expect(rows.filter(({ resource }) => resource === 'aws_backup_plan.plan')).toEqual([]);
  expect(unpriced.map(({ resource }) => resource)).toContain('aws_backup_plan.plan');
});

test('a backup plan costs by what it protects, and again for each copy', () => {
  const parts: Resources = {
    'aws_db_instance.shop': {
      engine: 'postgres',
      instance_class: 'db.t4g.micro',
      storage_type: 'gp3',
      allocated_storage: 100,
    },
    'aws_backup_plan.plan': {
      rule: [
        {
          rule_name: 'daily',
          copy_action: [{ destination_vault_arn: 'arn:aws:backup:eu-west-1:1:backup-vault:far' }],
        },
        { rule_name: 'monthly' },
      ],
    },
  };
  const selection: Resources = {
    'aws_backup_selection.it': {
      plan_id: '${aws_backup_plan.plan.id}',
      resources: ['${aws_db_instance.shop.arn}'],
    },
  };
  const { rows } = estimate(parts, selection);
  const components = rows.map(({ component }) => component).filter((name) => name.includes('('));
  expect(components).toEqual(['backups (daily)', 'copies of backups (daily)', 'backups (monthly)']);
  expect(estimate(parts).unpriced.map(({ reason }) => reason)).toEqual([
    'what it backs up is not in the stack',
  ]);
});
