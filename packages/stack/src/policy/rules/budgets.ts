import { blocks, list } from '../../model/stack-model.ts';
import { type PolicyRule, unless } from '../policy-rule.ts';

/** AWS Budgets. */
export const budgetRules: readonly PolicyRule[] = [
  {
    id: 'budget-tells-somebody',
    severity: 'medium',
    why: 'Nobody learns of the costs before the bill arrives.',
    fix: 'Give each notification an email address or a topic.',
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
