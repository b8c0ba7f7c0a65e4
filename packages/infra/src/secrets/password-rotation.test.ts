import { expect, test } from 'vitest';
import { addPresetStack } from '../../test/preset-stack.ts';
import { checkPolicy, StackModel } from '@ecommerce-dms/stack';
import { synthesize } from '../stack/synthesize.ts';
import { PasswordRotation } from './password-rotation.ts';
import type { EnvironmentOverrides } from '../environment-settings.ts';

function rotated(overrides: EnvironmentOverrides = {}, afterDays?: number) {
  const { json } = synthesize((app) => {
    const { stack, environment } = addPresetStack(app, 'production', { ...overrides, rotation: false });
    const { database, network, access } = environment;
    const { clientSecurityGroup } = access;
    new PasswordRotation(stack, 'rotation', { database, network, clientSecurityGroup, afterDays });
    return stack;
  });
  const model = new StackModel(json);
  const one = (type: string) => {
    const [resource, ...others] = model.ofType(type);
    expect(others).toEqual([]);
    return resource?.config;
  };
  return { json, model, one };
}

const managed: EnvironmentOverrides = { database: { replicas: 0 } };

test('RDS rotates its own password: only the interval is set', () => {
  const { model, one } = rotated(managed);
  expect(one('aws_secretsmanager_secret_rotation')).toMatchObject({
    secret_id: expect.stringMatching(/master_user_secret\[0\]\.secret_arn/),
    rotate_immediately: false,
    rotation_rules: { automatically_after_days: 30 },
  });
  expect(one('aws_secretsmanager_secret_rotation')).not.toHaveProperty('rotation_lambda_arn');
  expect(model.ofType('aws_serverlessapplicationrepository_cloudformation_stack')).toEqual([]);
});

test("where RDS can't, AWS's function does, as a client of the database in private subnets", () => {
  const { model, one } = rotated({}, 60);
  const rotation = one('aws_secretsmanager_secret_rotation');
  expect(model.target(rotation?.['secret_id'])?.type).toBe('aws_secretsmanager_secret');
  expect(rotation).toMatchObject({
    rotation_lambda_arn: expect.stringMatching(/outputs.*RotationLambdaARN/),
    rotation_rules: { automatically_after_days: 60 },
  });
  const application = one('aws_serverlessapplicationrepository_cloudformation_stack');
  expect(application?.['parameters']).toMatchObject({
    vpcSecurityGroupIds: expect.stringMatching(/clients.*,.*rotation/),
    vpcSubnetIds: expect.stringMatching(/private.*,.*private.*,.*private/),
  });
  const logs = model.ofType('aws_cloudwatch_log_group').map(({ config }) => config['name']);
  expect(logs).toContain('/aws/lambda/shop-production-rotation');
});

test('the function finds the address in the secret, of which Terraform puts no part into the state', () => {
  const { model, one } = rotated();
  const versions = model.ofType('aws_secretsmanager_secret_version');
  expect(versions).toHaveLength(2);
  for (const { config } of versions) expect(config).not.toHaveProperty('secret_string');
  const address = versions.find(({ path }) => path?.endsWith('/address'));
  expect(address?.config['secret_string_wo']).toMatch(
    /"host" = aws_db_instance\.\w+\.address, "port" = 15432, .*"password" = "\$\{jsondecode\(ephemeral\./,
  );
  // Otherwise Secrets Manager tests the function on a secret that names no host.
  expect(one('aws_secretsmanager_secret_rotation')?.['depends_on']).toEqual([address?.address]);
});

test('through an endpoint it needs no way out; through NAT there is one, with its reason', () => {
  const way = (overrides: EnvironmentOverrides) => {
    const { json, model } = rotated(overrides);
    const { findings, suppressed } = checkPolicy(json);
    expect(findings).toEqual([]);
    const out = model.resources.find(({ path }) => path?.endsWith('/to-secrets-manager'));
    return {
      target: model.target(out?.config['referenced_security_group_id'])?.path ?? out?.config['cidr_ipv4'],
      suppressed: suppressed.some(({ resource }) => resource === out?.address),
    };
  };
  expect(way({})).toEqual({ target: '0.0.0.0/0', suppressed: true });
  const byEndpoint = way({ network: { endpoints: ['secretsmanager'] } });
  expect(byEndpoint).toEqual({ target: expect.stringContaining('endpoints'), suppressed: false });
});

test('without a way to Secrets Manager, or at a wrong interval, it is refused', () => {
  const closed: EnvironmentOverrides = { network: { nat: 'none' }, bastion: false };
  expect(() => rotated(closed, 6)).toThrow(/afterDays is 6[^]*do not reach Secrets Manager/);
  expect(() => rotated({ ...closed, ...managed }, 366)).toThrow(/afterDays is 366/);
  expect(() => rotated({ ...closed, ...managed })).not.toThrow();
});
