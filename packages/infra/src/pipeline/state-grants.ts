import type { Grants } from './grants.ts';

/** For who plans: read one environment's state, and write its lock file; no other environment's. */
export const readStateGrants = {
  FindState: {
    may: { s3: 'ListBucket' },
    on: '{bucketArn}',
    when: { StringEquals: { 's3:prefix': ['{objectKey}', '{objectKey}.tflock'] } },
  },
  UseState: {
    may: { s3: 'GetObject' },
    on: '{bucketArn}/{objectKey}',
  },
  LockState: {
    may: { s3: 'GetObject PutObject DeleteObject' },
    on: '{bucketArn}/{objectKey}.tflock',
  },
  DecryptState: {
    may: { kms: 'Decrypt GenerateDataKey' },
    on: '{keyArn}',
  },
} satisfies Grants;

/** For who applies: write the state, too. */
export const writeStateGrants: Grants = {
  ...readStateGrants,
  UseState: { ...readStateGrants.UseState, may: { s3: 'GetObject PutObject' } },
};
