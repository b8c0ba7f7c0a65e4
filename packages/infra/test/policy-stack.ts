import type { StackJson } from '@ecommerce-dms/stack';
import { Backups, Bootstrap, CostBudget, DatabaseEvents, PostgresCluster, synthesize } from '../src/index.ts';
import { addPresetStack } from './preset-stack.ts';

/** Production with everything that a rule asks about: endpoints, names, a proxy, a cluster, a budget, the bootstrap. */
export function policyStack(): StackJson {
  return synthesize((app) => {
    const { stack, environment } = addPresetStack(app, 'production', {
      network: { endpoints: ['s3', 'ssm', 'ssmmessages', 'secretsmanager'] },
      dns: { zoneName: 'shop.internal' },
      proxy: {},
    });
    const { network, encryption, alerts } = environment;
    const name = 'ledger';
    const database = new PostgresCluster(stack, name, {
      mode: 'aurora',
      name,
      databaseName: name,
      network,
      encryption,
      instanceClass: 'db.r7g.large',
    });
    new DatabaseEvents(stack, `${name}-events`, { name, database, topicArn: alerts.arn });
    new Backups(stack, `${name}-backups`, { name, database, encryption });
    new CostBudget(stack, 'budget', { name, monthlyLimitUsd: 1000, topicArn: alerts.arn });
    new Bootstrap(stack, 'bootstrap', {
      name: 'shop',
      environments: ['production'],
      githubRepository: 'acme/shop',
    });
    return stack;
  }).json;
}
