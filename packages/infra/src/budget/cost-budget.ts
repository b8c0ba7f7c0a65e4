import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget/index.js';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { refuseFaults } from '../faults.ts';

export interface CostBudgetProps {
  /** Name of the budget, unique in the account. */
  readonly name: string;
  /** Limit for a calendar month, above 0. */
  readonly monthlyLimitUsd: number;
  /** Topic that receives the alerts. That of `AlertTopic` lets AWS Budgets publish. */
  readonly topicArn: string;
}

/**
 * A monthly budget of the stack, which alerts at 80 % and 100 % of actual costs, and when the forecast for the month
 * exceeds 100 %.
 *
 * It counts what has the tag `Stack` of this stack. AWS sees a tag in the bill only after somebody has activated it as
 * a cost allocation tag, once an account, in the billing console; until then the budget stays at zero.
 */
export class CostBudget extends Construct {
  readonly budget: BudgetsBudget;

  /** @throws UserError `invalid-settings`: the limit is not an amount above 0. */
  constructor(scope: Construct, id: string, { name, monthlyLimitUsd, topicArn }: CostBudgetProps) {
    super(scope, id);
    refuseFaults(`CostBudget "${name}"`, [
      !(Number.isFinite(monthlyLimitUsd) && monthlyLimitUsd > 0) &&
        `monthlyLimitUsd is ${monthlyLimitUsd}; an amount above 0 is needed`,
    ]);
    const notify = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      comparisonOperator: 'GREATER_THAN',
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      subscriberSnsTopicArns: [topicArn],
    });
    this.budget = new BudgetsBudget(this, 'budget', {
      name,
      budgetType: 'COST',
      limitAmount: String(monthlyLimitUsd),
      limitUnit: 'USD',
      timeUnit: 'MONTHLY',
      costFilter: [{ name: 'TagKeyValue', values: [`user:Stack$${TerraformStack.of(this).node.id}`] }],
      notification: [notify('ACTUAL', 80), notify('ACTUAL', 100), notify('FORECASTED', 100)],
    });
  }
}
