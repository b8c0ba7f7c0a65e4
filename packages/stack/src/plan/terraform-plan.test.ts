import { expect, test } from 'vitest';
import { fixturePlan } from '../../test/fixture-plan.ts';
import { checkPlanPolicy } from './check-plan-policy.ts';
import { destructiveChanges } from './destructive-changes.ts';
import { readPlan } from './terraform-plan.ts';

test('a plan is read as it is', () => {
  expect(readPlan(JSON.stringify(fixturePlan()))).toEqual(fixturePlan());
});

test.each([
  { what: 'nothing', json: '' },
  { what: 'output of terraform plan -json', json: '{"type":"version"}\n{"type":"planned_change"}\n' },
  { what: 'a state', json: '{"format_version":"1.0","values":{"root_module":{}}}' },
  { what: 'a plan of another format', json: JSON.stringify({ ...fixturePlan(), format_version: '2.0' }) },
  { what: 'null', json: 'null' },
])('$what is refused, with the command that makes a plan', ({ json }) => {
  expect(() => readPlan(json)).toThrow(/not the JSON of a Terraform plan/);
  expect(() => readPlan(json)).toThrow(
    expect.objectContaining({
      code: 'plan-unreadable',
      exitCode: 2,
      hint: expect.stringContaining('show -json'),
    }),
  );
});

test('what judges a plan refuses one with errors, and what is no plan', () => {
  const errored = { ...fixturePlan(), errored: true };
  for (const judge of [checkPlanPolicy, destructiveChanges]) {
    for (const plan of ['{}', 'null', JSON.stringify(errored)]) {
      expect(() => judge(JSON.parse(plan))).toThrow(expect.objectContaining({ code: 'plan-unreadable' }));
    }
  }
  expect(() => readPlan(JSON.stringify(errored))).toThrow('The plan has errors');
});
