import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverage } from './coverage.ts';

const names = ['A', 'B', 'C', 'D'];

test.each([
  { applied: [], action: 'run', open: ['A', 'B', 'C'] },
  { applied: ['A'], action: 'wait', open: ['B', 'C'] },
  { applied: ['A', 'B', 'C'], action: 'record', open: [] },
  { applied: ['D'], action: 'run', open: ['A', 'B', 'C'] },
])('of $applied applied, a squash of A, B, C has to $action', ({ applied, action, open }) => {
  const code = [{ name: 'C_squash', replaces: ['A', 'B', 'C'] }];
  const { pending } = coverage(
    code,
    applied.map((name) => row(name)),
  );
  expect(pending.get('C_squash')).toEqual({ action, open, absent: open });
});

test('a squash of a squash counts what that one replaces', () => {
  const inner = { name: 'B_squash', replaces: ['A', 'B'] };
  const outer = { name: 'C_squash', replaces: ['B_squash', 'C'] };
  const actions = (applied: string[]) =>
    [
      ...coverage(
        [inner, outer],
        applied.map((name) => row(name)),
      ).pending,
    ].map(([name, { action }]) => `${name} ${action}`);
  expect(actions([])).toEqual(['C_squash run']);
  expect(actions(['A'])).toEqual(['C_squash wait', 'B_squash wait']);
  expect(actions(['A', 'B', 'C'])).toEqual(['C_squash record', 'B_squash record']);
  const recorded = [row('B_squash', ['A', 'B']), row('C')];
  const { replacedBy, pending } = coverage([outer], recorded);
  expect(pending.get('C_squash')?.action).toBe('record');
  expect(replacedBy.get('A')).toBe('B_squash');
});

test('whatever is applied, a squash runs nothing twice and leaves nothing out', () => {
  fc.assert(
    fc.property(
      fc.subarray(names),
      fc.subarray(names, { minLength: 1 }),
      fc.subarray(names),
      (applied, replaces, inCode) => {
        const code = [...inCode.map((name) => ({ name, replaces: [] })), { name: 'Z', replaces }];
        const { pending, replacedBy } = coverage(
          code,
          applied.map((name) => row(name)),
        );
        const hit = replaces.filter((name) => applied.includes(name));
        const expected = hit.length === 0 ? 'run' : hit.length === replaces.length ? 'record' : 'wait';
        expect(pending.get('Z')?.action).toBe(expected);
        expect(pending.get('Z')?.open).toEqual(replaces.filter((name) => !applied.includes(name)));
        const hidden = names.filter((name) => replacedBy.has(name));
        // What has to run by itself is never hidden.
        const mustRun = names.filter(
          (name) => !replaces.includes(name) || (expected === 'wait' && inCode.includes(name)),
        );
        expect(hidden.filter((name) => mustRun.includes(name))).toEqual([]);
      },
    ),
  );
});

function row(name: string, replaces: readonly string[] = []) {
  return { name, replaces, state: 'applied', direction: 'up' } as const;
}
