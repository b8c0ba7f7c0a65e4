import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { costStack, firstDesignDatabase, type Resources } from '../../test/cost-stack.ts';
import type { JsonObject, StackJson } from '../model/stack-json.ts';
import { AppliedStack, type TerraformState } from './applied-stack.ts';
import { compareCosts } from './compare-costs.ts';
import { estimateCost } from './estimate-cost.ts';
import { renderComparison } from './render-comparison.ts';

const key = { 'aws_kms_key.key': {} };

function database(config: JsonObject = {}) {
  return { 'aws_db_instance.db': { ...firstDesignDatabase, ...config } };
}

function stateOf(resources: Resources): TerraformState {
  const planned = Object.entries(resources).map(([address, values]) => {
    const [type = '', name = ''] = address.split('.');
    return { address, type, name, values, mode: 'managed' as const };
  });
  return { values: { root_module: { resources: planned } } };
}

function compare(before: StackJson, after: StackJson) {
  return compareCosts(estimateCost(before, { hours: 1 }), estimateCost(after, { hours: 1 }));
}

test('only what changes is shown, the dearest first', () => {
  const before = costStack({ ...database(), ...key });
  const after = costStack({
    ...database({ instance_class: 'db.t3.large' }),
    ...key,
    'aws_eip.address': {},
  });
  expect(renderComparison(compare(before, after))).toMatchInlineSnapshot(`
    "USD a month              count  applied     now   change
    db.t3.large, Multi-AZ   0 to 1     0.00  227.76  +227.76
    db.t3.medium, Multi-AZ  1 to 0   113.88    0.00  -113.88
    public IPv4 address     0 to 1     0.00    3.65    +3.65
    total                            140.68  258.21  +117.53"
  `);
});

test('what has no price on either side is named, and the totals say that they are incomplete', () => {
  const unknown = { 'aws_redshift_cluster.reports': {} };
  const comparison = compare(costStack({ ...key, ...database() }), costStack({ ...key, ...unknown }));
  expect(comparison).toMatchObject({
    complete: false,
    unpriced: { before: [], after: [{ resource: 'aws_redshift_cluster.reports' }] },
  });
  const text = renderComparison(comparison);
  expect(text).toMatch(/^total, incomplete /m);
  expect(text).toMatch(/Not in the total of now[^]*aws_redshift_cluster\.reports/);
  expect(text).not.toContain('of what is applied, because');
  expect(compare(costStack(unknown), costStack(key))).toMatchObject({
    complete: false,
    unpriced: { before: [{ resource: 'aws_redshift_cluster.reports' }], after: [] },
  });
});

test('a stack beside itself has no change, and the parts add up', () => {
  const resources = fc.uniqueArray(fc.constantFrom('aws_eip', 'aws_nat_gateway', 'aws_kms_key'));
  // A VPC is free; without a resource there is no stack.
  const stack = resources.map((types) =>
    costStack(Object.fromEntries(['aws_vpc', ...types].map((type) => [`${type}.it`, {}]))),
  );
  fc.assert(
    fc.property(stack, stack, (one, other) => {
      expect(compare(one, one).changes).toEqual([]);
      const { changes, before, after } = compare(one, other);
      const sum = changes.reduce((total, change) => total + change.after.high - change.before.high, 0);
      expect(sum).toBeCloseTo(after.high - before.high);
    }),
  );
});

test('an applied stack costs what the same stack costs before it is applied', () => {
  const stack = costStack({
    ...database(),
    'aws_db_instance.replica': {
      instance_class: 'db.t3.medium',
      replicate_source_db: '${aws_db_instance.db.identifier}',
    },
  });
  const state = stateOf({
    'aws_db_instance.db': { ...firstDesignDatabase, identifier: 'shop', id: 'db-1', replicate_source_db: '' },
    'aws_db_instance.replica': {
      ...firstDesignDatabase,
      multi_az: false,
      manage_master_user_password: null,
      identifier: 'shop-replica',
      id: 'db-2',
      replicate_source_db: 'shop',
    },
    'aws_db_subnet_group.subnets': { id: 'shop', name: 'shop' },
  });
  const applied = estimateCost(new AppliedStack(state, stack), { hours: 1 });
  expect(applied.unpriced).toEqual([]);
  expect(compareCosts(applied, estimateCost(stack, { hours: 1 })).changes).toEqual([]);
});

test('what is applied in another region is priced there', () => {
  const values = { arn: 'arn:aws:kms:us-east-1:123456789012:key/1', id: '1' };
  const stack = new AppliedStack(stateOf({ 'aws_eip.far': values }), costStack({}));
  const [row] = estimateCost(stack, { hours: 1 }).rows;
  expect(row?.source).toMatch(/same in all regions/);
});

test('where nothing is applied, everything is new', () => {
  const after = costStack(key);
  const before = estimateCost(new AppliedStack({}, after), { hours: 1 });
  const { changes } = compareCosts(before, estimateCost(after, { hours: 1 }));
  expect(changes).toMatchObject([{ component: 'KMS key', count: { before: 0, after: 1 } }]);
});
