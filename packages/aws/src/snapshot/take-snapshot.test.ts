import { expect, test } from 'vitest';
import { useAccount } from '../../test/account-server.ts';
import { takeSnapshot } from './take-snapshot.ts';

const options = {
  region: 'eu-west-1',
  database: { kind: 'instance', identifier: 'billing' },
  snapshot: 'billing-before',
  pollMs: 1,
} as const;

function described(status: string): string {
  return `<DescribeDBSnapshotsResult><DBSnapshots><DBSnapshot><Status>${status}</Status>
    <DBSnapshotArn>arn:snapshot</DBSnapshotArn><AllocatedStorage>20</AllocatedStorage></DBSnapshot></DBSnapshots>
    </DescribeDBSnapshotsResult>`;
}

test('a snapshot that is available is one to restore from', async () => {
  await useAccount({ CreateDBSnapshot: '', DescribeDBSnapshots: described('available') });
  expect(await takeSnapshot(options)).toEqual({
    identifier: 'billing-before',
    arn: 'arn:snapshot',
    createdAt: undefined,
    sizeGib: 20,
  });
});

test.each<{ when: string; answers: Record<string, string>; code: string; message: string }>([
  { when: 'RDS takes none', answers: {}, code: 'snapshot-refused', message: "no snapshot of 'billing'" },
  {
    when: 'the snapshot fails',
    answers: { CreateDBSnapshot: '', DescribeDBSnapshots: described('failed') },
    code: 'snapshot-failed',
    message: 'is failed',
  },
  {
    when: 'the snapshot cannot be looked at',
    answers: { CreateDBSnapshot: '' },
    code: 'snapshot-failed',
    message: 'was begun, and cannot be looked at',
  },
])('$when: $code', async ({ answers, code, message }) => {
  await useAccount(answers);
  await expect(takeSnapshot(options)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
    hint: expect.any(String),
  });
});
