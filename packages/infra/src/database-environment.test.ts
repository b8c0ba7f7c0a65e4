import { expect, test } from 'vitest';
import { presetJson } from '../test/preset-stack.ts';
import { AwsStack } from './stack/aws-stack.ts';
import { DatabaseEnvironment } from './database-environment.ts';
import { environmentSettings } from './presets.ts';
import { synthesize } from './stack/synthesize.ts';

test('the stack has its outputs under their own names', () => {
  expect(Object.keys(presetJson('production').output ?? {}).toSorted()).toEqual([
    'alert_topic_arn',
    'bastion_connect_policy_arn',
    'bastion_session_command',
    'client_security_group_id',
    'database_name',
    'database_security_group_id',
    'key_arn',
    'port',
    'private_subnet_ids',
    'reader_endpoints',
    'secret_arn',
    'writer_endpoint',
  ]);
});

test('too few zones are refused, rather than fewer used', () => {
  const build = () =>
    synthesize((app) => {
      const tags = { environment: 'production', owner: 'team', costCenter: '1' };
      const stack = new AwsStack(app, 'shop', { region: 'eu-west-1', tags });
      const environment = new DatabaseEnvironment(stack, 'shop', {
        ...environmentSettings('production'),
        name: 'shop',
        databaseName: 'shop',
        zones: ['eu-west-1a', 'eu-west-1b'],
      });
      expect(environment).toBeUndefined();
      return stack;
    });
  expect(build).toThrow(/over 3 zones and 2 are named/);
});
