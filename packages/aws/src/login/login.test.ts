import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { iamToken } from './iam-token.ts';
import { readLogin } from './read-login.ts';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:billing-admin';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
  return () => vi.unstubAllEnvs();
});

/** Secrets Manager on loopback, which answers each request for the secret in the same way. */
async function useSecretsManager(status: number, answer: object): Promise<void> {
  const server = createServer((request, response) => {
    const { 'x-amz-target': target } = request.headers;
    response.writeHead(target === 'secretsmanager.GetSecretValue' ? status : 404);
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test('a token is for one user of one database, for 15 minutes', async () => {
  const host = 'billing.abc123.eu-west-1.rds.amazonaws.com';
  const token = await iamToken({ region: 'eu-west-1', host, port: 15_432, user: 'app' });
  const url = new URL(`https://${token}`);
  expect(url.host).toBe(`${host}:15432`);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'connect',
    DBUser: 'app',
    'X-Amz-Expires': '900',
    'X-Amz-Credential': expect.stringMatching(/\/eu-west-1\/rds-db\//),
  });
});

test('a secret in the form of RDS gives user and password', async () => {
  const SecretString = JSON.stringify({ username: 'dba', password: 's3cret', port: 5432 });
  await useSecretsManager(200, { SecretString });
  expect(await readLogin('eu-west-1', secretArn)).toEqual({ user: 'dba', password: 's3cret' });
});

test.each([
  { secret: 'text', answer: { SecretString: 's3cret' }, reason: 'it is not JSON' },
  { secret: 'a secret of bytes', answer: {}, reason: 'it is not JSON' },
  { secret: 'null', answer: { SecretString: 'null' }, reason: 'it has no username and password' },
  {
    secret: 'another form of JSON',
    answer: { SecretString: '{"apiKey":"s3cret"}' },
    reason: 'it has no username and password',
  },
])('$secret is refused, and not quoted', async ({ answer, reason }) => {
  await useSecretsManager(200, answer);
  const error: unknown = await readLogin('eu-west-1', secretArn).catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({
    code: 'database-secret-unreadable',
    message: `The secret ${secretArn} cannot be read: ${reason}`,
  });
  expect(String((error as Error).cause)).not.toContain('s3cret');
});

test('a refusal of AWS says what it needs', async () => {
  await useSecretsManager(400, { __type: 'AccessDeniedException', message: 'not authorized' });
  await expect(readLogin('eu-west-1', secretArn)).rejects.toMatchObject({
    code: 'database-secret-unreadable',
    message: expect.stringContaining('not authorized'),
    hint: expect.stringContaining('secretsmanager:GetSecretValue'),
  });
});
