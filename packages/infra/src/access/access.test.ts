import { expect, test } from 'vitest';
import { presetJson, testAccountId } from '../../test/preset-stack.ts';
import { type Json, list, object, StackModel, text } from '@ecommerce-dms/stack';

const stack = new StackModel(
  presetJson('production', { bastion: false, rotation: false, database: { replicas: 2, port: 25_432 } }),
);

function connectStatement(role: string) {
  const policy = stack
    .ofType('aws_iam_policy')
    .find(({ config }) => config['name'] === `shop-production-connect-${role}`);
  const document = JSON.parse(text(policy?.config['policy']) ?? '{}') as { Statement: Json };
  const [statement] = list(document.Statement);
  return object(statement) ?? {};
}

test.each([
  { role: 'migrator', instances: 3 },
  { role: 'app', instances: 3 },
  { role: 'readonly', instances: 3 },
])(
  '$role may log in to $instances instances as itself, and do nothing else',
  ({ role, instances: count }) => {
    const statement = connectStatement(role);
    const resources = list(statement['Resource']).map(String);
    expect(statement['Action']).toBe('rds-db:connect');
    expect(resources).toHaveLength(count);
    for (const resource of resources) {
      expect(resource).toMatch(
        new RegExp(
          `^arn:\\S+:rds-db:\\S+:${testAccountId}:dbuser:\\$\\{aws_db_instance\\.[\\w-]+\\.resource_id\\}/${role}$`,
        ),
      );
    }
  },
);

test.each([
  { type: 'aws_vpc_security_group_ingress_rule', of: 'database/security-group', peer: 'access/clients' },
  { type: 'aws_vpc_security_group_egress_rule', of: 'access/clients', peer: 'database/security-group' },
])('$type lets clients reach the database on its port, and nothing else', ({ type, of, peer }) => {
  const rules = stack.ofType(type).map(({ config }) => ({
    of: stack.target(config['security_group_id'])?.path,
    peer: stack.target(config['referenced_security_group_id'])?.path,
    ports: [config['from_port'], config['to_port']],
  }));
  const path = 'shop-production/shop';
  expect(rules).toEqual([{ of: `${path}/${of}`, peer: `${path}/${peer}`, ports: [25_432, 25_432] }]);
});

test('no group has rules of its own', () => {
  for (const { config } of stack.ofType('aws_security_group')) {
    expect(config).not.toHaveProperty('egress');
    expect(config).not.toHaveProperty('ingress');
  }
});
