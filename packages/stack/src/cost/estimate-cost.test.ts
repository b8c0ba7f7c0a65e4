import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costStack, firstDesignDatabase } from '../../test/cost-stack.ts';
import { recordedIn, recordedStack } from '../../test/recorded-stack.ts';
import type { JsonObject } from '../model/stack-json.ts';
import { estimateCost } from './estimate-cost.ts';
import { priceList } from './price-list.ts';
import type { Price } from './prices/price.ts';

function rowsOf(type: string, config: JsonObject, region?: string) {
  return estimateCost(costStack({ [`${type}.it`]: config }, region), { hours: 1 });
}

function database(config: JsonObject) {
  return rowsOf('aws_db_instance', { ...firstDesignDatabase, ...config });
}

test('the first design for three hours', () => {
  const stack = costStack({
    'aws_db_instance.db': firstDesignDatabase,
    'aws_nat_gateway.a': {},
    'aws_nat_gateway.b': {},
    'aws_eip.a': {},
    'aws_eip.b': {},
    'aws_kms_key.key': {},
  });
  const { groups, total } = estimateCost(stack, { hours: 3 });
  // 3 x (2 x 0.078 + 200 x 0.127 / 730); its own estimate, in euro, was 0.45.
  expect(groups.RDS.period.low).toBeCloseTo(0.5724, 4);
  // 3 x 2 x (0.048 + 0.005); its own estimate, in euro, was 0.30.
  expect(groups.NAT.period.low).toBeCloseTo(0.318, 4);
  // 3 x (1.00 + 0.40) / 730.
  expect(groups.misc.period.low).toBeCloseTo(0.00575, 5);
  expect(total.period.low).toBeCloseTo(0.8961, 4);
});

test.each(['development', 'test', 'staging', 'production'] as const)(
  'everything in %s has a price',
  (preset) => {
    for (const region of ['eu-west-1', 'us-east-1']) {
      const report = estimateCost(recordedIn(region, preset), { hours: 3 });
      expect(report).toMatchObject({ unpriced: [], complete: true });
      expect(report.total.monthly.low).toBeGreaterThan(0);
      expect(report.total.monthly.high).toBeGreaterThanOrEqual(report.total.monthly.low);
    }
  },
);

const metric = { metric: { period: 60 } };

/** Why a resource has no price. */
function reasonsOf(type: string, config: JsonObject): string {
  const { unpriced } = rowsOf(type, config);
  expect(unpriced.map(({ resource }) => resource)).toContain(`${type}.it`);
  return unpriced.map(({ reason }) => reason).join();
}

describe('what has no price is named', () => {
  const optional = [
    'multi_az',
    'iops',
    'storage_throughput',
    'dedicated_log_volume',
    'database_insights_mode',
    'performance_insights_retention_period',
    'monitoring_interval',
    'backup_retention_period',
    'manage_master_user_password',
  ];
  const unknownPeriod = { metric: { period: '${var.period}' } };
  const endpoint = { vpc_endpoint_type: 'Interface' };

  test.each<{ what: string; config: JsonObject; reason: RegExp }>([
    { what: 'an unknown class', config: { instance_class: 'db.x9.big' }, reason: /db\.x9\.big/ },
    { what: 'another engine', config: { engine: 'mysql' }, reason: /engine mysql/ },
    { what: 'another storage', config: { storage_type: 'io2' }, reason: /storage type io2/ },
    { what: 'a class by reference', config: { instance_class: undefined }, reason: /class is not literal/ },
    { what: 'a number in quotes', config: { monitoring_interval: '1' }, reason: /monitoring_interval/ },
    {
      what: 'a volume for the log',
      config: { dedicated_log_volume: true },
      reason: /no price of rds.dedicated-log-volume/,
    },
    {
      what: 'a long history of Performance Insights',
      config: { performance_insights_retention_period: 731 },
      reason: /no price of rds.insights.731-days/,
    },
    ...optional.map((name) => ({
      what: `an unknown ${name}`,
      config: { [name]: '${var.it}' },
      reason: new RegExp(`its ${name} is not literal`),
    })),
  ])('a database with $what', ({ config, reason }) => {
    expect(reasonsOf('aws_db_instance', { ...firstDesignDatabase, ...config })).toMatch(reason);
  });

  test.each<{ what: string; type: string; config: JsonObject; reason: RegExp }>([
    {
      what: 'an unknown type',
      type: 'aws_redshift_cluster',
      config: {},
      reason: /type aws_redshift_cluster/,
    },
    { what: 'an unknown count', type: 'aws_eip', config: { count: '${var.n}' }, reason: /how many/ },
    { what: 'for_each', type: 'aws_eip', config: { for_each: '${var.zones}' }, reason: /how many/ },
    {
      what: 'logs kept for ever',
      type: 'aws_cloudwatch_log_group',
      config: { name: 'x' },
      reason: /for ever/,
    },
    {
      what: 'an alarm on a query',
      type: 'aws_cloudwatch_metric_alarm',
      config: { metric_query: [{ expression: 'select 1' }] },
      reason: /query/,
    },
    {
      what: 'an alarm of an unknown period',
      type: 'aws_cloudwatch_metric_alarm',
      config: { period: '${var.period}' },
      reason: /period/,
    },
    {
      what: 'an alarm on several metrics, one of an unknown period',
      type: 'aws_cloudwatch_metric_alarm',
      config: { metric_query: [metric, unknownPeriod] },
      reason: /period/,
    },
    {
      what: 'an endpoint in unknown subnets',
      type: 'aws_vpc_endpoint',
      config: { ...endpoint, subnet_ids: '${var.subnets}' },
      reason: /how many zones/,
    },
    {
      what: 'an endpoint in all subnets of a count',
      type: 'aws_vpc_endpoint',
      config: { ...endpoint, subnet_ids: ['${aws_subnet.private[*].id}'] },
      reason: /how many zones/,
    },
  ])('$what', ({ type, config, reason }) => {
    expect(reasonsOf(type, config)).toMatch(reason);
  });

  test('a stack with modules, whose resources are not in it', () => {
    const stack = { ...costStack({}), module: { network: { source: 'terraform-aws-modules/vpc/aws' } } };
    const { complete, unpriced } = estimateCost(stack, { hours: 1 });
    expect(complete).toBe(false);
    expect(unpriced).toMatchObject([{ resource: 'module.network' }]);
  });

  test.each<{ which: string; config: JsonObject; providers: JsonObject[] }>([
    { which: 'of a provider that is not there', config: { provider: 'aws.far' }, providers: [] },
    {
      which: 'of a provider by a variable',
      config: { provider: 'aws.far' },
      providers: [{ alias: 'far', region: '${var.region}' }],
    },
    { which: 'of its own by a variable', config: { region: '${var.region}' }, providers: [] },
  ])('a region $which, rather than the region of the stack', ({ config, providers }) => {
    const stack = costStack({ 'aws_eip.it': config });
    const aws = [...(stack.provider?.['aws'] ?? []), ...providers];
    const { rows, unpriced } = estimateCost({ ...stack, provider: { aws } }, { hours: 1 });
    expect(rows).toEqual([]);
    expect(unpriced).toEqual([{ resource: 'aws_eip.it', reason: 'its region is not literal' }]);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a price of %d, which is none', (usd) => {
    const nat = { 'nat.hour': { usd, per: 'hour', source: 'mine', quality: 'bill' } } as const;
    const prices = { ...priceList, regions: { 'eu-west-1': { ...priceList.regions['eu-west-1'], ...nat } } };
    const stack = costStack({ 'aws_nat_gateway.it': {} });
    const { complete, unpriced } = estimateCost(stack, { hours: 1, prices });
    expect(complete).toBe(false);
    expect(unpriced).toMatchObject([{ price: { region: 'eu-west-1', key: 'nat.hour' } }]);
  });

  test('a region without prices', () => {
    const { rows, unpriced } = rowsOf('aws_eip', {}, 'eu-north-1');
    expect(rows).toEqual([]);
    expect(unpriced).toEqual([
      {
        resource: 'aws_eip.it',
        reason: 'no price of ipv4.hour in eu-north-1',
        price: { region: 'eu-north-1', key: 'ipv4.hour' },
      },
    ]);
  });
});

test('a replica has the storage of its source, and no backups of its own', () => {
  const report = estimateCost(
    costStack({
      'aws_db_instance.writer': firstDesignDatabase,
      'aws_db_instance.replica': {
        instance_class: 'db.t3.medium',
        replicate_source_db: '${aws_db_instance.writer.identifier}',
      },
    }),
    { hours: 1 },
  );
  expect(report.unpriced).toEqual([]);
  const replica = report.rows.filter((row) => row.resource === 'aws_db_instance.replica');
  expect(replica.map((row) => [row.component, row.quantity.low])).toEqual([
    ['db.t3.medium, read replica', 1],
    ['gp3 storage, 100 GiB, read replica', 100],
  ]);
});

test('only performance above what striped gp3 includes is paid for, at both copies', () => {
  // No public source has the price of throughput; fetched prices do.
  const throughput: Price = { usd: 1, per: 'MiB/s-month', source: 'test', quality: 'bill' };
  const regions = { 'eu-west-1': { ...priceList.regions['eu-west-1'], 'rds.throughput.gp3': throughput } };
  const bought = (config: JsonObject) =>
    estimateCost(
      costStack({
        'aws_db_instance.it': { ...firstDesignDatabase, allocated_storage: 400, ...config },
      }),
      { hours: 1, prices: { ...priceList, regions } },
    )
      .rows.filter((row) => row.component.startsWith('gp3 ') && !row.component.includes('storage'))
      .map((row) => [row.component, row.quantity.low]);
  expect(bought({ iops: 12_000, storage_throughput: 500 })).toEqual([]);
  expect(bought({ iops: 13_000, storage_throughput: 600 })).toEqual([
    ['gp3 IOPS', 2000],
    ['gp3 throughput', 200],
  ]);
});

test('what no source supports has no price', () => {
  const { unpriced } = database({ allocated_storage: 400, iops: 12_000, storage_throughput: 600 });
  expect(unpriced.map(({ reason }) => reason)).toEqual(['no price of rds.throughput.gp3 in eu-west-1']);
});

test('the report says how much of the total rests on unverified prices', () => {
  const verified = database({});
  expect(verified.unverified.monthly).toEqual({ low: 0, high: 0 });
  const { unverified, rows, total } = database({ instance_class: 'db.m7g.large' });
  const instance = rows.find(({ component }) => component === 'db.m7g.large, Multi-AZ');
  expect(unverified.monthly).toEqual(instance?.monthly);
  expect(unverified.monthly.high).toBeLessThan(total.monthly.high);
});

test('advanced insights are paid by the vCPU, for known classes', () => {
  const insights = (config: JsonObject) => database({ database_insights_mode: 'advanced', ...config });
  expect(insights({}).rows.find((row) => row.component.includes('Insights'))?.quantity.low).toBe(2);
  expect(insights({ instance_class: 'db.x9.big' }).unpriced).toHaveLength(2);
});

const band = { expression: 'ANOMALY_DETECTION_BAND(m1)' };
const quotient = { expression: 'm1/m2' };

test.each<{ alarm: string; config: JsonObject; metrics: number; unitPrice: number }>([
  { alarm: 'every minute', config: { period: 60 }, metrics: 1, unitPrice: 0.1 },
  { alarm: 'every 10 s', config: { period: 10 }, metrics: 1, unitPrice: 0.3 },
  {
    alarm: 'on a quotient',
    config: { metric_query: [metric, { metric: [{ period: 300 }] }, quotient] },
    metrics: 2,
    unitPrice: 0.1,
  },
  { alarm: 'on an anomaly', config: { metric_query: [metric, band] }, metrics: 3, unitPrice: 0.1 },
])('an alarm $alarm is paid for $metrics metrics', ({ config, metrics, unitPrice }) => {
  const [row] = rowsOf('aws_cloudwatch_metric_alarm', config).rows;
  expect([row?.quantity.low, row?.unitPrice]).toEqual([metrics, unitPrice]);
});

test('a resource with a region of its own is priced there', () => {
  const [row] = rowsOf('aws_nat_gateway', { region: 'us-east-1' }).rows;
  expect(row?.unitPrice).toBe(priceList.regions['us-east-1']?.['nat.hour']?.usd);
});

test('what costs the same everywhere has a price in every region', () => {
  expect(rowsOf('aws_cloudwatch_dashboard', {}, 'eu-south-2')).toMatchObject({ complete: true });
  expect(rowsOf('aws_route53_zone', {}, 'eu-south-2').total.monthly.low).toBeCloseTo(0.5);
});

test('a literal count multiplies', () => {
  expect(rowsOf('aws_eip', { count: 3 }).total.hourly.low).toBeCloseTo(0.015, 10);
  expect(rowsOf('aws_eip', { count: 0 }).total.hourly.low).toBe(0);
});

test('euro amounts are dollar amounts times the rate, which the report has', () => {
  const stack = recordedStack('production');
  const usd = estimateCost(stack, { hours: 3 });
  const eur = estimateCost(stack, { hours: 3, currency: 'EUR' });
  expect(eur.total.period.high).toBeCloseTo(usd.total.period.high * priceList.eurPerUsd.rate, 10);
  expect([usd.exchange, eur.exchange]).toEqual([undefined, priceList.eurPerUsd]);
});

test('other prices and assumptions can be given', () => {
  const prices = {
    ...priceList,
    regions: { 'eu-west-1': { 'nat.hour': { usd: 7, per: 'hour', source: 'mine', quality: 'bill' } } },
  } as const;
  const { rows, unpriced } = estimateCost(costStack({ 'aws_nat_gateway.n': {} }), {
    hours: 2,
    prices,
  });
  expect(rows.map((row) => [row.period.low, row.source])).toEqual([[14, 'mine']]);
  expect(unpriced).toHaveLength(1);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('%d hours are refused', (hours) => {
  expect(() => estimateCost({}, { hours })).toThrow(/can't be estimated/);
});

test('an empty stack is refused', () => {
  for (const json of [{}, costStack({})]) {
    expect(() => estimateCost(json, { hours: 1 })).toThrow(expect.objectContaining({ code: 'stack-empty' }));
  }
});

const anyResource = fc.oneof(
  fc.constant({ type: 'aws_nat_gateway', config: {} }),
  fc.constant({ type: 'aws_kms_key', config: {} }),
  fc.constant({ type: 'aws_vpc', config: {} }),
  fc.constant({ type: 'aws_unknown', config: {} }),
  fc.integer({ min: 1, max: 365 }).map((retention_in_days) => ({
    type: 'aws_cloudwatch_log_group',
    config: { retention_in_days },
  })),
  fc
    .record({
      allocated_storage: fc.integer({ min: 20, max: 65_536 }),
      multi_az: fc.boolean(),
      monitoring_interval: fc.constantFrom(0, 1, 60),
      backup_retention_period: fc.constantFrom(0, 7),
    })
    .map((config) => ({ type: 'aws_db_instance', config: { ...firstDesignDatabase, ...config } })),
);
/** Without a resource there is no stack to estimate. */
const free = { 'aws_vpc.free': {} };
const anyStack = fc
  .array(anyResource, { maxLength: 12 })
  .map((resources) => resources.map(({ type, config }, index) => [`${type}.r${index}`, config] as const));

test('cost is additive: the whole costs what its parts cost', () => {
  fc.assert(
    fc.property(anyStack, fc.nat(12), fc.double({ min: 0, max: 10_000, noNaN: true }), (all, cut, hours) => {
      const cost = (resources: typeof all) =>
        estimateCost(costStack({ ...Object.fromEntries(resources), ...free }), { hours });
      const [whole, left, right] = [cost(all), cost(all.slice(0, cut)), cost(all.slice(cut))];
      for (const end of ['low', 'high'] as const) {
        expect(whole.total.period[end]).toBeCloseTo(left.total.period[end] + right.total.period[end], 6);
        const groups = Object.values(whole.groups).reduce((sum, group) => sum + group.period[end], 0);
        expect(whole.total.period[end]).toBeCloseTo(groups, 6);
      }
      expect(whole.unpriced).toHaveLength(left.unpriced.length + right.unpriced.length);
    }),
  );
});

test('cost is linear in the hours, and a month is 730 of them', () => {
  fc.assert(
    fc.property(anyStack, fc.double({ min: 0, max: 1000, noNaN: true }), (resources, hours) => {
      const cost = (h: number) =>
        estimateCost(costStack({ ...Object.fromEntries(resources), ...free }), { hours: h }).total;
      const { hourly, period, monthly } = cost(hours);
      for (const end of ['low', 'high'] as const) {
        expect(period[end]).toBeCloseTo(hourly[end] * hours, 6);
        expect(cost(3 * hours).period[end]).toBeCloseTo(3 * period[end], 6);
        expect(cost(730).period[end]).toBeCloseTo(monthly[end], 6);
      }
    }),
  );
});
