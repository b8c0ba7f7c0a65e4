import { afterEach, expect, test, vi } from 'vitest';
import { terraformFailure } from './terraform-failure.ts';
import { parseMessage } from './terraform-messages.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

function failure(summary: string, detail = '') {
  return terraformFailure(
    'apply',
    'stack',
    [{ severity: 'error', summary, detail, address: 'aws_kms_key.it' }],
    '',
  );
}

test('each error comes with its resource', () => {
  const two = [
    { severity: 'error', summary: 'one', address: 'aws_vpc.a' },
    { severity: 'error', summary: 'two', detail: 'because', snippet: { context: 'output.b' } },
  ] as const;
  expect(terraformFailure('plan', 'stack', two, '')).toMatchObject({
    code: 'terraform-plan-failed',
    message: 'terraform plan failed in stack:\n- aws_vpc.a: one\n- output.b: two\n  because',
  });
});

test.each([
  ['api error AccessDenied: User is not authorized to perform: kms:CreateKey', 'permission'],
  ['Error acquiring the state lock', 'force-unlock'],
  ['Saved plan is stale', "'dms plan'"],
  ['AWS account ID not allowed: 210987654321', 'accountId'],
  ['No valid credential sources found', 'AWS_PROFILE'],
  ['api error ExpiredToken: the token has expired', 'log in again'],
  ['DBInstanceAlreadyExists: DB instance already exists', 'import it into the state'],
  ['Failed to get existing workspaces: S3 bucket "x" does not exist', 'dms bootstrap'],
  ['dial tcp 127.0.0.1:1: connect: connection refused', 'AWS_ENDPOINT_URL'],
  ['something that nobody has seen', 'go on from there'],
])('%s: says what to do', (summary, hint) => {
  expect(failure(summary).hint).toContain(hint);
});

test('without an error of its own, what Terraform printed is shown', () => {
  expect(terraformFailure('init', 'stack', [], 'Error: no plugin\n').message).toContain('Error: no plugin');
});

test('credentials of the environment are not shown', () => {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI-EXAMPLE');
  vi.stubEnv('AWS_SESSION_TOKEN', '');
  const { message } = failure('bad request', 'secret_key = "wJalrXUtnFEMI-EXAMPLE"');
  expect(message).toContain('secret_key = "***"');
});

test('a line that is no message of Terraform is none', () => {
  expect(parseMessage('panic: a provider prints')).toBeUndefined();
  expect(parseMessage('{"broken')).toBeUndefined();
  expect(parseMessage('{"level":"info"}')).toBeUndefined();
  expect(parseMessage('{"type":"version","@message":"Terraform"}')).toMatchObject({ type: 'version' });
});
