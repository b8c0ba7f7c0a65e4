import { expect, test } from 'vitest';
import { AwsStack } from '../stack/aws-stack.ts';
import { synthesize } from '../stack/synthesize.ts';
import { CostBudget } from './cost-budget.ts';

function budgetOf(monthlyLimitUsd: number) {
  const { json } = synthesize((app) => {
    const tags = { environment: 'test', owner: 'shop', costCenter: '1' };
    const stack = new AwsStack(app, 'billing', { region: 'eu-west-1', tags });
    new CostBudget(stack, 'budget', { name: 'billing', monthlyLimitUsd, topicArn: 'arn:aws:sns:topic' });
    return stack;
  });
  return Object.values(json.resource?.['aws_budgets_budget'] ?? {})[0];
}

test('the budget counts the stack alone, and alerts before and after it is used up', () => {
  expect(budgetOf(250)).toMatchObject({
    budget_type: 'COST',
    limit_amount: '250',
    limit_unit: 'USD',
    time_unit: 'MONTHLY',
    cost_filter: [{ name: 'TagKeyValue', values: ['user:Stack$billing'] }],
    notification: [
      { notification_type: 'ACTUAL', threshold: 80, subscriber_sns_topic_arns: ['arn:aws:sns:topic'] },
      { notification_type: 'ACTUAL', threshold: 100 },
      { notification_type: 'FORECASTED', threshold: 100 },
    ],
  });
});

test.each([0, -1, NaN, Infinity])('a limit of %s is refused', (limit) => {
  expect(() => budgetOf(limit)).toThrow(/monthlyLimitUsd/);
});
