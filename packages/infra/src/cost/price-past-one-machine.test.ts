import { expect, test } from 'vitest';
import { costStack } from '../../test/cost-stack.ts';
import type { JsonObject } from '../stack/stack-json.ts';
import { estimateCost } from './estimate-cost.ts';

type Part = [type: string, name: string, config: JsonObject];

function estimate(...parts: readonly Part[]) {
  const stack = costStack(parts.map(([type, name, config]) => ({ type, name, config })));
  return estimateCost(stack, { hours: 1 });
}

function monthly(component: string | RegExp, ...parts: readonly Part[]) {
  const { rows, unpriced } = estimate(...parts);
  expect(unpriced).toEqual([]);
  const matching = rows.filter((row) => row.component.match(component));
  expect(matching.map((row) => row.component)).toHaveLength(1);
  return matching[0]?.monthly ?? { low: NaN, high: NaN };
}

const serverless: Part[] = [
  [
    'aws_rds_cluster',
    'shop',
    {
      engine: 'aurora-postgresql',
      serverlessv2_scaling_configuration: { min_capacity: 0.5, max_capacity: 8 },
    },
  ],
  [
    'aws_rds_cluster_instance',
    'one',
    { cluster_identifier: '${aws_rds_cluster.shop.cluster_identifier}', instance_class: 'db.serverless' },
  ],
];

test('a serverless instance costs what its cluster lets it take', () => {
  const { low, high } = monthly(/capacity units/, ...serverless);
  expect(low).toBeCloseTo(0.5 * 0.14 * 730);
  expect(high).toBeCloseTo(8 * 0.14 * 730);
  expect(monthly(/I\/O requests/, ...serverless).high).toBeGreaterThan(0);
});

test('I/O-Optimized storage has no charge for requests', () => {
  const optimized = serverless.map(([type, name, config]): Part => [
    type,
    name,
    { ...config, storage_type: 'aurora-iopt1' },
  ]);
  const { rows } = estimate(...optimized);
  expect(rows.some(({ component }) => component.includes('requests'))).toBe(false);
  expect(rows.map(({ component }) => component).join()).toContain('I/O-Optimized');
});

test('a class of a Multi-AZ cluster without a price is named, its storage is on three instances', () => {
  const cluster: Part = [
    'aws_rds_cluster',
    'shop',
    {
      engine: 'postgres',
      db_cluster_instance_class: 'db.m6gd.large',
      storage_type: 'gp3',
      allocated_storage: 100,
    },
  ];
  const { rows, unpriced } = estimate(cluster);
  expect(unpriced.map(({ reason }) => reason)).toEqual([
    'no price of rds.cluster.db.m6gd.large in eu-west-1',
  ]);
  const storage = rows.find(({ component }) => component.includes('storage'));
  expect(storage?.monthly.low).toBeCloseTo(3 * 100 * 0.127);
});

test('a proxy is paid by the vCPUs behind it', () => {
  const parts: Part[] = [
    ['aws_db_proxy', 'pool', {}],
    [
      'aws_db_proxy_target',
      'it',
      {
        db_proxy_name: '${aws_db_proxy.pool.name}',
        db_instance_identifier: '${aws_db_instance.shop.identifier}',
      },
    ],
  ];
  const database = (instanceClass: string): Part => [
    'aws_db_instance',
    'shop',
    { engine: 'postgres', instance_class: instanceClass, storage_type: 'gp3', allocated_storage: 20 },
  ];
  const large = monthly(/proxy/, ...parts, database('db.m7g.large'));
  expect(monthly(/proxy/, ...parts, database('db.m7g.2xlarge')).low).toBeCloseTo(4 * large.low);
  expect(estimate(...parts).unpriced.map(({ reason }) => reason)).toEqual([
    'what is behind it is not in the stack',
  ]);
});

test('an interface endpoint is paid in each zone, a gateway endpoint is free', () => {
  const endpoint = (config: JsonObject): Part => ['aws_vpc_endpoint', 'it', config];
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
  const parts: Part[] = [
    [
      'aws_launch_template',
      'bastion',
      { instance_type: 't4g.nano', block_device_mappings: [{ ebs: { volume_size: 8 } }] },
    ],
    [
      'aws_autoscaling_group',
      'bastion',
      { min_size: 1, launch_template: { id: '${aws_launch_template.bastion.id}' } },
    ],
  ];
  expect(monthly(/t4g.nano/, ...parts).low).toBeCloseTo(0.0046 * 730);
  expect(monthly(/volume, 8 GiB/, ...parts).low).toBeCloseTo(8 * 0.088);
});

test('a backup plan costs by what it protects, and again for each copy', () => {
  const parts: Part[] = [
    [
      'aws_db_instance',
      'shop',
      { engine: 'postgres', instance_class: 'db.t4g.micro', storage_type: 'gp3', allocated_storage: 100 },
    ],
    [
      'aws_backup_plan',
      'plan',
      { rule: [{ rule_name: 'daily', copy_action: [{}] }, { rule_name: 'monthly' }] },
    ],
  ];
  const selection: Part = [
    'aws_backup_selection',
    'it',
    { plan_id: '${aws_backup_plan.plan.id}', resources: ['${aws_db_instance.shop.arn}'] },
  ];
  const { rows } = estimate(...parts, selection);
  const components = rows.map(({ component }) => component).filter((name) => name.includes('('));
  expect(components).toEqual(['backups (daily)', 'copies of backups (daily)', 'backups (monthly)']);
  expect(estimate(...parts).unpriced.map(({ reason }) => reason)).toEqual([
    'what it backs up is not in the stack',
  ]);
});
