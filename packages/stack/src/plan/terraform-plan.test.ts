import { expect, test } from 'vitest';
import { fixturePlan } from '../../test/fixture-plan.ts';
import { readPlan } from './terraform-plan.ts';

test('a plan is read as it is', () => {
  expect(readPlan(JSON.stringify(fixturePlan()))).toEqual(fixturePlan());
});

test.each([
  ['nothing', ''],
  ['lines of terraform plan -json', '{"type":"version"}\n{"type":"planned_change"}\n'],
  ['a state', '{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{}}}'],
  ['a plan of another format', JSON.stringify({ ...fixturePlan(), format_version: '2.0' })],
  ['null', 'null'],
])('%s is refused, with the command that makes a plan', (_title, json) => {
  expect(() => readPlan(json)).toThrow(/not the JSON of a Terraform plan/);
  expect(() => readPlan(json)).toThrow(
    expect.objectContaining({
      code: 'plan-unreadable',
      exitCode: 2,
      hint: expect.stringContaining('show -json'),
    }),
  );
});
