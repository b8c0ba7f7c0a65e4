/** Services of AWS that send alerts, on behalf of the account that they watch. */
export const alertPublishers = [
  'budgets.amazonaws.com',
  'cloudwatch.amazonaws.com',
  'events.rds.amazonaws.com',
];
