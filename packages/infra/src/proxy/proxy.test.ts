import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { databaseStack } from '../../test/database-stack.ts';
import { presetJson, testAccountId } from '../../test/preset-stack.ts';
import { Access } from '../access/access.ts';
import { PostgresInstance } from '../database/postgres-instance.ts';
import { blocks, type Json, list, object, StackModel, text } from '@ecommerce-dms/stack';
import { proxyFaults } from './proxy-faults.ts';
import { completeProxy } from './proxy-props.ts';
import { Proxy } from './proxy.ts';
import type { ProxySettings } from './proxy-settings.ts';

function proxied(settings: ProxySettings = {}): StackModel {
  return new StackModel(
    databaseStack((stack, site) => {
      const database = new PostgresInstance(stack, 'database', { ...site, instanceClass: 'db.m7g.large' });
      const { vpcId } = site.network;
      const access = new Access(stack, 'access', { name: site.name, vpcId, database });
      new Proxy(stack, 'proxy', { ...site, ...settings, database, access });
    }),
  );
}

const aurora = new StackModel(
  presetJson('production', {
    cluster: { mode: 'aurora', instanceClass: 'db.r7g.large' },
    proxy: { users: ['app'] },
  }),
);

function statements(policy: Json | undefined) {
  const document = JSON.parse(text(policy) ?? '{}') as { Statement: Json };
  return list(document.Statement).map((statement) => object(statement) ?? {});
}

test('clients log in by TLS and IAM, and the proxy with the secret of each user', () => {
  const stack = proxied();
  const [proxy] = stack.ofType('aws_db_proxy');
  expect(proxy?.config).toMatchObject({ engine_family: 'POSTGRESQL', require_tls: true, name: 'shop' });
  const auth = blocks(proxy?.config['auth']);
  expect(auth.map(({ auth_scheme, iam_auth }) => [auth_scheme, iam_auth])).toEqual([
    ['SECRETS', 'REQUIRED'],
    ['SECRETS', 'REQUIRED'],
  ]);
  expect(auth.map(({ secret_arn }) => stack.target(secret_arn)?.config['name_prefix'])).toEqual([
    'shop-app-',
    'shop-readonly-',
  ]);
  for (const { config } of stack.ofType('aws_secretsmanager_secret')) {
    expect(stack.target(config['kms_key_id'])?.type).toBe('aws_kms_key');
  }
});

test('the role of the proxy reads its secrets, and nothing else', () => {
  const [policy] = proxied({ users: ['app'] }).ofType('aws_iam_role_policy');
  const [read, decrypt, ...others] = statements(policy?.config['policy']);
  expect(others).toEqual([]);
  expect(read).toMatchObject({ Action: 'secretsmanager:GetSecretValue' });
  expect(list(read?.['Resource']).map(String)).toEqual([
    expect.stringMatching(/^\$\{aws_secretsmanager_secret\./),
  ]);
  expect(decrypt).toMatchObject({ Action: 'kms:Decrypt', Condition: { StringEquals: expect.anything() } });
  expect(String(decrypt?.['Resource'])).toMatch(/^\$\{aws_kms_key\./);
});

test('the way is clients, proxy, database, and each rule names a group', () => {
  const stack = proxied();
  const rules = (type: string) =>
    stack
      .ofType(type)
      .map(({ config }) => [
        stack.target(config['security_group_id'])?.path?.replace('shop/', ''),
        stack.target(config['referenced_security_group_id'])?.path?.replace('shop/', ''),
        config['from_port'],
      ])
      .toSorted();
  expect(rules('aws_vpc_security_group_ingress_rule')).toEqual([
    ['database/security-group', 'access/clients', 15_432],
    ['database/security-group', 'proxy/security-group', 15_432],
    ['proxy/security-group', 'access/clients', 5432],
  ]);
  expect(rules('aws_vpc_security_group_egress_rule')).toEqual([
    ['access/clients', 'database/security-group', 15_432],
    ['access/clients', 'proxy/security-group', 5432],
    ['proxy/security-group', 'database/security-group', 15_432],
  ]);
});

test('a policy lets one user through the proxy', () => {
  const policy = aurora
    .ofType('aws_iam_policy')
    .find(({ config }) => config['name'] === 'shop-production-connect-proxy-app');
  const [statement] = statements(policy?.config['policy']);
  const [resource, ...others] = list(statement?.['Resource']).map(String);
  expect(others).toEqual([]);
  const [, local = ''] =
    new RegExp(String.raw`:rds-db:\S+:${testAccountId}:dbuser:\$\{local\.([\w-]+)\}/app$`).exec(
      resource ?? '',
    ) ?? [];
  const { locals } = aurora.json as { locals?: Record<string, string> };
  expect(locals?.[local]).toMatch(/^\$\{element\(split\(":", aws_db_proxy\.[\w-]+\.arn\), 6\)\}$/);
});

test('an instance is behind it without, a cluster with an endpoint for its readers', () => {
  const instance = proxied();
  expect(instance.ofType('aws_db_proxy_endpoint')).toEqual([]);
  expect(instance.ofType('aws_db_proxy_target')[0]?.config).toHaveProperty('db_instance_identifier');
  expect(aurora.ofType('aws_db_proxy_endpoint')[0]?.config).toMatchObject({ target_role: 'READ_ONLY' });
  expect(aurora.ofType('aws_db_proxy_target')[0]?.config).toHaveProperty('db_cluster_identifier');
});

test('a higher passwordVersion makes new passwords', () => {
  const versions = proxied({ passwordVersion: 2 }).ofType('aws_secretsmanager_secret_version');
  expect(versions.map(({ config }) => config['secret_string_wo_version'])).toEqual([2, 2]);
  for (const { config } of versions) expect(config).not.toHaveProperty('secret_string');
});

test('it leaves connections for those who come directly, and its log is made first', () => {
  const stack = proxied({ borrowTimeoutSeconds: 5 });
  const [group] = stack.ofType('aws_db_proxy_default_target_group');
  expect(blocks(group?.config['connection_pool_config'])).toEqual([
    { connection_borrow_timeout: 5, max_connections_percent: 80, max_idle_connections_percent: 40 },
  ]);
  const [proxy] = stack.ofType('aws_db_proxy');
  const log = stack
    .ofType('aws_cloudwatch_log_group')
    .find(({ config }) => config['name'] === '/aws/rds/proxy/shop');
  expect(list(proxy?.config['depends_on'])).toEqual([log?.address]);
});

test('a share of connections passes exactly from 1 to 100 with no more of them idle', () => {
  const percent = fc.integer({ min: -10, max: 120 });
  fc.assert(
    fc.property(percent, percent, (maxConnectionsPercent, maxIdleConnectionsPercent) => {
      const settings = completeProxy({ maxConnectionsPercent, maxIdleConnectionsPercent });
      const faults = proxyFaults('shop', settings).filter((fault) => typeof fault === 'string');
      const allowed =
        maxConnectionsPercent >= 1 &&
        maxConnectionsPercent <= 100 &&
        maxIdleConnectionsPercent >= 0 &&
        maxIdleConnectionsPercent <= maxConnectionsPercent;
      expect(faults.length === 0).toBe(allowed);
    }),
  );
});

test('faults are reported at once', () => {
  const broken: ProxySettings = { users: [], borrowTimeoutSeconds: 301, idleClientTimeoutSeconds: 0 };
  for (const message of [/users is empty/, /borrowTimeoutSeconds is 301/, /idleClientTimeoutSeconds is 0/]) {
    expect(() => proxied(broken)).toThrow(message);
  }
});
