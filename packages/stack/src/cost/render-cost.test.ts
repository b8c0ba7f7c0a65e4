import { expect, test } from 'vitest';
import { costStack, firstDesignDatabase } from '../../test/cost-stack.ts';
import { estimateCost } from './estimate-cost.ts';
import { renderCost } from './render-cost.ts';

const stack = costStack({
  'aws_db_instance.db': firstDesignDatabase,
  'aws_nat_gateway.a': {},
  'aws_nat_gateway.b': {},
  'aws_redshift_cluster.r': {},
});

test('a table by group, with marks and sources', () => {
  expect(renderCost(estimateCost(stack, { hours: 3 }))).toMatchInlineSnapshot(`
    "Cost in eu-west-1, USD, on demand, without free tier; prices compiled on 2026-11-30

                                           count             USD/h   USD for 3 h         USD/month
    RDS                                                     0.1908          0.57            139.28
      db.t3.medium, Multi-AZ                   1            0.1560          0.47            113.88  [1]
      gp3 storage, 100 GiB, Multi-AZ           1            0.0348          0.10             25.40  [2]
    NAT                                           0.0960 to 0.1092  0.29 to 0.33    70.08 to 79.68
      NAT gateway                              2            0.0960          0.29             70.08  [3]
      data through the NAT gateway             2  0.0000 to 0.0132  0.00 to 0.04      0.00 to 9.60  * [3]
    misc                                                    0.0005          0.00              0.40
      managed secret of the administrator      1            0.0005          0.00              0.40  [4]
    total, incomplete                             0.2873 to 0.3005  0.86 to 0.90  209.76 to 219.36

    * depends on use, from low to high    ? not verified

    Not in the total, because its price is not known:
      aws_redshift_cluster.r: resources of type aws_redshift_cluster are not in the price list

    Not estimated:
      data transfer between zones and to the internet
      requests to KMS, SNS, Secrets Manager and CloudWatch
      growth of the storage after creation, and snapshots taken by hand
      the state bucket, and runs of the password rotation: cents
      CPU credits of t3 and t4g beyond the baseline
      extended support of a major version after its end of life

    Sources of the prices:
      [1] in proportion to db.t3.xlarge: AWS price list, copy in vantage-sh/ec2instances.info on GitHub (www/rds/instances.json), before April 2020 (it has no af-south-1) (derived)
      [2] Cost Explorer of an account in eu-west-1, July 2026 (bill)
      [3] AWS price list, extract of 2026-09-25 (price list)
      [4] AWS price list of 2026-09-11, copy in henderjm/world-cup-sweepstake on GitHub (price list)"
  `);
});

test('the report says below the total what rests on unverified prices, where anything does', () => {
  const line = (instance_class: string) =>
    renderCost(
      estimateCost(
        costStack({
          'aws_db_instance.db': { ...firstDesignDatabase, instance_class },
          'aws_nat_gateway.a': {},
        }),
        { hours: 3 },
      ),
    )
      .split('\n')
      .find((one) => one.includes('nobody has verified'));
  expect(line('db.m7g.large')).toBe(
    '271.56 of 332.40 to 337.20 USD a month rest on prices that nobody has verified',
  );
  expect(line('db.t3.medium')).toBeUndefined();
});

test('the report has the rate of another currency', () => {
  expect(renderCost(estimateCost(stack, { hours: 3, currency: 'EUR' }))).toMatch(
    /EUR for 3 h[^]*1 USD = 0\.\d+ EUR: ECB .* \(not verified\)/,
  );
});
