import { expect, test } from 'vitest';
import { useAccount } from '../../test/account-server.ts';
import { findRemnants } from './find-remnants.ts';

test('where nothing may be looked at, nothing is proven: each kind is named with the reason', async () => {
  await useAccount();
  const report = await findRemnants({ stack: 'shop-test', regions: ['eu-west-1', 'eu-central-1'] });
  expect(report).toMatchObject({ charged: [], kept: [], free: [] });
  const kinds = (region: string) =>
    report.notChecked.filter((unknown) => unknown.region === region).map(({ what }) => what);
  expect(kinds('eu-west-1').toSorted()).toEqual([...report.checked].toSorted());
  expect(kinds('eu-central-1').toSorted()).toEqual([...report.checked].toSorted());
  expect(report.notChecked.every(({ why }) => why.length > 0)).toBe(true);
});

test('a remnant is charged for by default, and has the command that removes it in its region', async () => {
  const volume = `<item><volumeId>vol-1</volumeId><volumeType>gp3</volumeType><size>8</size><status>available</status>
    <tagSet><item><key>Stack</key><value>shop-test</value></item></tagSet></item>`;
  await useAccount({ DescribeVolumes: `<volumeSet>${volume}</volumeSet>` });
  const { charged } = await findRemnants({ stack: 'shop-test', regions: ['eu-west-1'] });
  expect(charged).toEqual([
    {
      kind: 'volume',
      id: 'vol-1',
      region: 'eu-west-1',
      detail: '8 GiB, available',
      charged: true,
      monthlyUsd: expect.any(Number),
      removal: 'aws ec2 delete-volume --volume-id vol-1 --region eu-west-1',
    },
  ]);
});
