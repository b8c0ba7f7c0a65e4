import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ListedItem, startPriceListServer } from '../../test/price-list-server.ts';
import { priceList } from '@ecommerce-dms/stack';
import { fetchPrices } from './fetch-prices.ts';
import { usagePrices } from './usage-prices.ts';

const today = '2026-11-22';

function instance(usagetype: string, engine: string, usd: string, region = 'eu-west-1'): ListedItem {
  return {
    serviceCode: 'AmazonRDS',
    attributes: {
      regionCode: region,
      productFamily: 'Database Instance',
      databaseEngine: engine,
      instanceType: usagetype.split(':')[1] ?? '',
      usagetype,
    },
    tiers: { '0': usd },
    unit: 'Hrs',
  };
}

function usage(
  serviceCode: string,
  usagetype: string,
  unit: string,
  tiers: string | Record<string, string>,
  attributes: Record<string, string> = {},
): ListedItem {
  return {
    serviceCode,
    attributes: { regionCode: 'eu-west-1', usagetype, ...attributes },
    tiers: typeof tiers === 'string' ? { '0': tiers } : tiers,
    unit,
  };
}

const items: ListedItem[] = [
  instance('EU-InstanceUsage:db.m7g.large', 'PostgreSQL', '0.1870000000'),
  instance('EU-InstanceUsage:db.x9.huge', 'PostgreSQL', '9.0000000000'),
  instance('EU-InstanceUsage:db.x9.free', 'PostgreSQL', '0.0000000000'),
  instance('EU-Multi-AZUsage:db.m7g.large', 'PostgreSQL', '0.3740000000'),
  instance('EU-Multi-AZClusterUsage:db.m6gd.large', 'PostgreSQL', '0.6960000000'),
  instance('EU-InstanceUsage:db.m7g.large', 'MySQL', '0.1750000000'),
  instance('EU-InstanceUsage:db.r6g.large', 'Aurora PostgreSQL', '0.2870000000'),
  instance('EU-InstanceUsageIOOptimized:db.r6g.large', 'Aurora PostgreSQL', '0.3730000000'),
  instance('InstanceUsage:db.m7g.large', 'PostgreSQL', '0.1680000000', 'us-east-1'),
  usage('AmazonRDS', 'EU-RDS:GP3-Storage', 'GB-Mo', '0.1270000000', { databaseEngine: 'Any' }),
  usage('AmazonRDS', 'EU-RDS:GP3-Storage', 'GB-Mo', '0.9000000000', { databaseEngine: 'SQL Server' }),
  usage('AmazonRDS', 'EU-Aurora:StorageIOUsage', 'IOs', '0.0000002200', { databaseEngine: 'Any' }),
  usage('AmazonEC2', 'EU-NatGateway-Hours', 'Hrs', '0.0480000000'),
  usage('AmazonEC2', 'EU-NatGateway-Bytes', 'Hrs', '0.0480000000'),
  usage('AmazonVPC', 'EU-VpcEndpoint-Hours', 'Hrs', '0.0110000000'),
  usage('AmazonVPC', 'EU-VpcEndpoint-Hours', 'Hrs', '0.0120000000'),
  usage('AmazonVPC', 'EU-VpcEndpoint-Bytes', 'GB', { '1000000': '0.0060000000', '0': '0.0100000000' }),
  usage('awskms', 'eu-west-1-KMS-Keys', 'Keys', '1.0000000000'),
];
let server: Awaited<ReturnType<typeof startPriceListServer>>;

beforeAll(async () => {
  server = await startPriceListServer(items);
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'mock');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'mock');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

test('prices come with their SKU and day, classes by engine and deployment', async () => {
  const { prices } = await fetchPrices('eu-west-1', { today });
  expect(prices['rds.instance.db.m7g.large']).toEqual({
    usd: 0.187,
    per: 'hour',
    source: 'AWS price list, SKU SKU0, 2026-11-22',
    quality: 'price list',
  });
  const usd = Object.fromEntries(Object.entries(prices).map(([key, price]) => [key, price.usd]));
  expect(usd).toEqual({
    'rds.instance.db.m7g.large': 0.187,
    'rds.instance.db.x9.huge': 9,
    'rds.cluster.db.m6gd.large': 0.696,
    'aurora.instance.db.r6g.large': 0.287,
    'aurora.instance.io-optimized.db.r6g.large': 0.373,
    'rds.storage.gp3': 0.127,
    'aurora.io': 0.22,
    'nat.hour': 0.048,
    'endpoint.data': 0.01,
    'kms.key': 1,
  });
});

test('backups of AWS Backup cost what RDS asks for snapshots, once that is known', async () => {
  const listed = await startPriceListServer([
    ...items,
    usage('AmazonRDS', 'EU-RDS:ChargedBackupUsage', 'GB-Mo', '0.0950000000'),
  ]);
  vi.stubEnv('AWS_ENDPOINT_URL', listed.url);
  const { prices } = await fetchPrices('eu-west-1', { today });
  await listed.close();
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  const derived = { usd: 0.095, per: 'GB-month', quality: 'derived', source: expect.stringContaining('SKU') };
  expect(prices).toMatchObject({ 'backup.storage': derived, 'backup.copy': derived });
});

test('what is listed otherwise than expected keeps its price, and is named', async () => {
  const { prices, missing } = await fetchPrices('eu-west-1', { today });
  const reasons = Object.fromEntries(missing.map(({ key, reason }) => [key, reason]));
  expect(reasons).toMatchObject({
    'nat.data': 'it is listed per Hrs',
    'endpoint.hour': 'listed with 2 prices',
    secret: 'no usage type AWSSecretsManager-Secrets',
  });
  const asked = usagePrices.map(({ key }) => key);
  expect([...Object.keys(prices), ...Object.keys(reasons)]).toEqual(expect.arrayContaining(asked));
});

test('a region that AWS does not list is named', async () => {
  await expect(fetchPrices('eu-nowhere-1', { today })).rejects.toMatchObject({
    code: 'prices-unavailable',
    message: expect.stringContaining('eu-nowhere-1'),
  });
});

test('a refusal by AWS says what it needs', async () => {
  const refusing = await startPriceListServer([]);
  vi.stubEnv('AWS_ENDPOINT_URL', refusing.url);
  await refusing.close();
  await expect(fetchPrices('eu-west-1', { today })).rejects.toMatchObject({
    code: 'prices-unavailable',
    hint: expect.stringContaining('pricing:GetProducts'),
  });
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
});

test('each key of the queries is one that the price list knows, or would know', () => {
  const known = Object.keys(priceList.regions['us-east-1'] ?? {});
  const unknown = usagePrices.filter(({ key }) => !known.includes(key)).map(({ key }) => key);
  // What has no public source is priced once it has been fetched.
  expect(unknown).toEqual(['rds.storage.io1', 'rds.iops.io1', 'rds.throughput.gp3']);
});
