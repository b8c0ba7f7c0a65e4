import { expect, test } from 'vitest';
import { useAccount } from '../../test/account-server.ts';
import { priceList, type PriceList } from '@ecommerce-dms/stack';
import { findRemnants } from './find-remnants.ts';
import { monthlyPrice } from './monthly-price.ts';

const scope = { region: 'eu-west-1', prices: priceList };

test('a price for an hour is one for 730 of them in a month', () => {
  expect(monthlyPrice(scope, 'nat.hour', 2)).toBeCloseTo(2 * 730 * 0.048);
  expect(monthlyPrice(scope, 'rds.backup', 20)).toBeCloseTo(20 * 0.095);
});

test('what has no known quantity or no price costs nothing that is known', () => {
  expect(monthlyPrice(scope, 'rds.backup', undefined)).toBeUndefined();
  expect(monthlyPrice({ ...scope, region: 'eu-south-2' }, 'rds.backup', 20)).toBeUndefined();
});

function instance(name: string, rest: Readonly<Record<string, string>>): string {
  const plain = {
    Engine: 'postgres',
    DBInstanceClass: 'db.t4g.micro',
    StorageType: 'gp3',
    AllocatedStorage: '20',
  };
  const fields = { DBInstanceIdentifier: `shop-test-${name}`, ...plain, ...rest };
  return `<DBInstance>${Object.entries(fields)
    .map(([key, value]) => `<${key}>${value}</${key}>`)
    .join('')}</DBInstance>`;
}

const instances = [
  instance('plain', {}),
  instance('member', {
    Engine: 'aurora-postgresql',
    DBClusterIdentifier: 'shop-test',
    AllocatedStorage: '1',
  }),
  instance('fast', { StorageType: 'io2', Iops: '5000' }),
  instance('striped', { Iops: '16000', AllocatedStorage: '400' }),
].join('');
const volume = `<item><volumeId>vol-1</volumeId><tagSet><item><key>Stack</key><value>shop-test</value></item></tagSet></item>`;
const account = {
  DescribeDBInstances: `<DescribeDBInstancesResult><DBInstances>${instances}</DBInstances></DescribeDBInstancesResult>`,
  DescribeVolumes: `<volumeSet>${volume}</volumeSet>`,
};

function pricesOf(remnants: readonly { id: string; monthlyUsd: number | undefined }[]) {
  return Object.fromEntries(remnants.map(({ id, monthlyUsd }) => [id, monthlyUsd]));
}

test('only what is paid as it is listed has a price, and the sum says that it is not all', async () => {
  await useAccount(account);
  const report = await findRemnants({ stack: 'shop-test', regions: ['eu-west-1'] });
  const plain = 730 * 0.017 + 20 * 0.127;
  expect(pricesOf(report.charged)).toEqual({
    'shop-test-plain': expect.closeTo(plain),
    'shop-test-member': undefined,
    'shop-test-fast': undefined,
    'shop-test-striped': undefined,
    'vol-1': undefined,
  });
  expect(report).toMatchObject({ monthlyUsd: expect.closeTo(plain), complete: false });
});

test('fetched or own prices count', async () => {
  await useAccount(account);
  const own = { usd: 1, source: 'ours', quality: 'bill' } as const;
  const prices: PriceList = {
    ...priceList,
    regions: {
      'eu-south-2': {
        'rds.instance.db.t4g.micro': { ...own, per: 'hour' },
        'rds.storage.gp3': { ...own, per: 'GB-month' },
      },
    },
  };
  const { charged } = await findRemnants({ stack: 'shop-test', regions: ['eu-south-2'], prices });
  expect(pricesOf(charged)).toMatchObject({ 'shop-test-plain': 730 + 20 });
});
