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
  { summary: 'api error AccessDenied: User is not authorized to perform: kms:CreateKey', hint: 'permission' },
  { summary: 'Error acquiring the state lock', hint: 'force-unlock' },
  { summary: 'Saved plan is stale', hint: "'dms plan'" },
  { summary: 'AWS account ID not allowed: 210987654321', hint: 'accountId' },
  { summary: 'No valid credential sources found', hint: 'AWS_PROFILE' },
  { summary: 'api error ExpiredToken: the token has expired', hint: 'log in again' },
  { summary: 'DBInstanceAlreadyExists: DB instance already exists', hint: 'import it into the state' },
  { summary: 'Failed to get existing workspaces: S3 bucket "x" does not exist', hint: 'dms bootstrap' },
  { summary: 'dial tcp 127.0.0.1:1: connect: connection refused', hint: 'AWS_ENDPOINT_URL' },
  { summary: 'something that nobody has seen', hint: 'go on from there' },
])('the hint for "$summary" says $hint', ({ summary, hint }) => {
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
