import type { TeardownReport } from '@ecommerce-dms/aws/teardown';
import { expect, test } from 'vitest';
import { renderTeardown } from './prove-teardown.ts';

const nothing: TeardownReport = {
  charged: [],
  kept: [],
  free: [],
  notChecked: [],
  checked: ['volumes'],
  monthlyUsd: 0,
  complete: true,
};
const volume = { kind: 'volume', id: 'vol-1', region: 'eu-west-1', charged: true };
const unseen = { what: 'database proxies', region: 'eu-west-1', why: 'AccessDenied' };

test('nothing costs money only where everything was looked for', () => {
  expect(renderTeardown(nothing)).toContain('Nothing of the stack costs money any more.');
  const text = renderTeardown({ ...nothing, notChecked: [unseen], complete: false });
  expect(text).not.toContain('Nothing of the stack');
  expect(text).toContain('at most 0.00 USD a month, and beside that what could not be looked for.');
});

test('what has no price is counted beside the figure', () => {
  const charged = [
    { ...volume, monthlyUsd: 1.5 },
    { ...volume, monthlyUsd: undefined },
  ];
  const text = renderTeardown({ ...nothing, charged, monthlyUsd: 1.5, complete: false });
  expect(text).toContain('costs at most 1.50 USD a month, and beside that 1 of unknown price.');
});
