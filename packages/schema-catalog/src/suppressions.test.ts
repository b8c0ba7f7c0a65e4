import { expect, test } from 'vitest';
import type { Difference } from './compare.ts';
import { suppressDifferences } from './suppressions.ts';

const cron: Difference = { verb: 'add', kind: 'schema', identity: 'cron', folded: 3 };
const grant: Difference = {
  verb: 'change',
  kind: 'table',
  identity: 'public.item',
  attribute: 'privileges of report',
  to: 'SELECT',
  folded: 0,
};
const today = new Date('2026-12-01T12:00:00Z');

test('it covers what all of its patterns match', () => {
  const { differences, suppressed, faults } = suppressDifferences(
    [cron, grant],
    [
      { identity: 'cron', reason: 'the platform' },
      { kind: 'table', attribute: 'privileges of r*', reason: 'the report team', until: '2026-12-01' },
    ],
    today,
  );
  expect(differences).toEqual([]);
  expect(suppressed.map(({ reason }) => reason)).toEqual(['the platform', 'the report team']);
  expect(faults).toEqual([]);
});

test('one that is over, and one that nothing needs, are faults', () => {
  const expired = { identity: 'cron', reason: 'the platform', until: '2026-11-30' };
  const unused = { kind: 'role', reason: 'others' };
  expect(suppressDifferences([cron], [expired, unused], today)).toEqual({
    differences: [cron],
    suppressed: [],
    faults: [
      { fault: 'expired', suppression: expired },
      { fault: 'unused', suppression: unused },
    ],
  });
});

test('a pattern of attributes covers no object', () => {
  const suppressions = [{ identity: 'cron', attribute: '*', reason: 'the platform' }];
  expect(suppressDifferences([cron], suppressions, today).differences).toEqual([cron]);
});

test('all wrong ones are named at once', () => {
  expect(() =>
    suppressDifferences([], [{ reason: 'all' }, { kind: 'role', reason: ' ', until: '2026-02-30' }], today),
  ).toThrow(
    expect.objectContaining({
      code: 'invalid-settings',
      message:
        'Wrong suppressions:\n- * *: it would suppress everything\n- role *: it has no reason\n- role *: until is 2026-02-30',
    }),
  );
});
