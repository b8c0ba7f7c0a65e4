import { blocks, list } from '../../model/stack-model.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** AWS Budgets. */
export const budgetRules: readonly PolicyRule[] = [
  {
    id: 'budget-tells-somebody',
    severity: 'medium',
    why: 'Nobody hears of a bill before it comes.',
    fix: 'Give each notification an address or a topic.',
    broken: unless('aws_budgets_budget', ({ config }) => {
      const notifications = blocks(config['notification']);
      return (
        notifications.length > 0 &&
        notifications.every(
          ({ subscriber_email_addresses: emails, subscriber_sns_topic_arns: topics }) =>
            list(emails).length + list(topics).length > 0,
        )
      );
    }),
  },
];
