import { checkPolicy, policyRules } from '@ecommerce-dms/stack';
import { expect, test } from 'vitest';
import { presetJson } from '../../test/preset-stack.ts';

const alertRules = policyRules.filter(({ id }) => /^(alarm|alert)-/.test(id));

test('the production preset has a finding without addresses, the others a reason', () => {
  const rules = (json: ReturnType<typeof presetJson>) => checkPolicy(json, { rules: alertRules });
  const alone = { alertEmails: [] };
  expect(rules(presetJson('production', alone)).findings).toMatchObject([
    { rule: 'alert-topic-subscribed', severity: 'critical', path: 'shop-production/shop/alerts/topic' },
  ]);
  for (const preset of ['development', 'test', 'staging'] as const) {
    expect(rules(presetJson(preset, alone))).toMatchObject({
      findings: [],
      suppressed: [{ rule: 'alert-topic-subscribed', reason: 'Nobody is on call for it.' }],
    });
  }
});

test('a replica in another region has a topic of its own, which needs somebody too', () => {
  const crossRegionReplicas = [{ region: 'eu-central-1', zones: ['eu-central-1a', 'eu-central-1b'] }];
  const judged = (alertEmails: readonly string[]) =>
    checkPolicy(presetJson('production', { crossRegionReplicas, alertEmails }), { rules: alertRules });
  expect(judged([]).findings).toHaveLength(2);
  expect(judged(['oncall@example.com']).findings).toEqual([]);
});
