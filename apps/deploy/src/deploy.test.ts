import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Dms, dms, type Ended, scratchFolder, urlsIn } from '../test/dms.ts';

// The stages of an environment on AWS that need a database, on the local servers: DATABASE_URL is all they go by.

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let writer: string;
let reader: string;
beforeAll(async () => {
  folder = await scratchFolder({
    local: { target: 'local' },
    test: { target: 'aws', orders: 50, aws: { preset: 'test' } },
    production: {
      target: 'aws',
      orders: 50,
      aws: { preset: 'production', alertEmails: ['dba@example.com'] },
    },
    applied: { target: 'aws', aws: { preset: 'test' } },
  });
  await dms(folder.path, 'up', '--orders', '0');
  const urls = await urlsIn(folder.path);
  writer = urls.migrator;
  reader = Object.assign(new URL(writer), { port: new URL(urls.reader).port }).href;
});
afterAll(() => folder.remove());

function deploy(environment: string, ...flags: string[]): Promise<Ended> {
  return new Dms(folder.path, ['deploy', '--env', environment, '--json', ...flags], {
    DATABASE_URL: writer,
    DATABASE_READER_URL: reader,
  }).ended;
}

test('production gets no generated data, even when it is asked for', async () => {
  const { code, stdout } = await deploy('production', '--from', 'migrate', '--to', 'validate');
  expect(code).toBe(0);
  expect(Object.keys(JSON.parse(stdout).stages)).toEqual(['migrate', 'validate']);
  const asked = await deploy('production', '--only', 'seed');
  expect(asked.stderr).toContain('it is not seeded');
  expect(asked.stderr).toContain("'dms seed --orders 50 --seed 1 --allow-production --env production'");
  expect(asked.code).toBe(2);
});

test('deploy goes through the stages of the database, each recorded; again it changes nothing', async () => {
  const { code, stdout, stderr } = await deploy('test', '--from', 'migrate', '--to', 'validate');
  expect(stderr).toContain('50 orders');
  expect(code).toBe(0);
  const { stages } = JSON.parse(stdout);
  expect(Object.keys(stages)).toEqual(['migrate', 'seed', 'validate']);
  expect(stages.validate.writer.totals).toMatchObject({ failed: 0, error: 0 });
  expect(stages.validate.reader.server.role).toBe('standby');
  const state = await readFile(join(folder.path, '.dms/test/run.json'), 'utf8');
  expect(Object.keys(JSON.parse(state).stages)).toEqual(Object.keys(stages));
  expect(state).not.toContain(new URL(writer).password);
  const again = JSON.parse((await deploy('test', '--from', 'migrate', '--to', 'seed')).stdout).stages;
  expect(again).toMatchObject({ migrate: { applied: [] }, seed: { orders: 50 } });
  expect(again.seed.loaded).toBeUndefined();
});

test('alarms are evaluated by whoever migrates', async () => {
  const { code, stdout } = await deploy('test', '--only', 'alarms');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).stages.alarms).toMatchObject({ firing: [] });
});

test('roles are provisioned by the administrator, again without a change', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const env = { DATABASE_ADMIN_URL: database.url };
  const provision = () => new Dms(folder.path, ['roles', '--env', 'production', '--json'], env).ended;
  expect((await provision()).code).toBe(0);
  expect(JSON.parse((await provision()).stdout)).toEqual({ database: database.name, created: [] });
  expect((await dms(folder.path, 'roles', '--env', 'local')).stderr).toContain('is for environments on AWS');
});

describe('what an apply has left is connected to by TLS alone', () => {
  const secret = { username: 'dba', password: 'correct-horse' };
  let secretsManager: Server;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    secretsManager = createServer((_request, response) => {
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ SecretString: JSON.stringify(secret) }));
    });
    await once(secretsManager.listen(0, '127.0.0.1'), 'listening');
    env = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(secretsManager.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'emulated',
      AWS_SECRET_ACCESS_KEY: 'emulated-secret-access-key',
    };
    const { hostname, port } = new URL(writer);
    const outputs = {
      writer_endpoint: hostname,
      reader_endpoints: [],
      port: Number(port),
      database_name: 'shop',
      secret_arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop',
    };
    const apply = { finishedAt: new Date().toISOString(), durationMs: 1, result: { outputs } };
    await mkdir(join(folder.path, '.dms', 'applied'), { recursive: true });
    await writeFile(
      join(folder.path, '.dms', 'applied', 'run.json'),
      JSON.stringify({ version: 1, environment: 'applied', stages: { apply } }),
    );
  });
  afterAll(() => void secretsManager.close());

  // The local server has no TLS: neither password nor token may reach it.
  test.each(['roles', 'migrate', 'validate'])('%s', async (stage) => {
    const { code, stderr } = await new Dms(folder.path, [stage, '--env', 'applied'], env).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('does not support SSL connections');
    for (const leak of [secret.password, 'X-Amz-Signature']) expect(stderr).not.toContain(leak);
  });

  test('a secret that AWS does not give is named with the rights that it takes', async () => {
    const { code, stderr } = await new Dms(folder.path, ['roles', '--env', 'applied'], {
      ...env,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('secretsmanager:GetSecretValue');
  });
});

test('before anything is applied: synth, policy and cost need neither AWS nor a database', async () => {
  const { code, stdout } = await deploy('production', '--to', 'cost');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).stages).toMatchObject({ policy: { findings: [] }, cost: { hours: 730 } });
});
