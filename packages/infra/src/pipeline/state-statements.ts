import { type PolicyStatement, policyStatements } from './policy-statement.ts';

export interface StateAccess {
  readonly bucketArn: string;
  readonly keyArn: string;
  /** Object key of the environment's state. */
  readonly objectKey: string;
  /** `write` for who applies; who plans reads the state, and writes the lock alone. */
  readonly state: 'read' | 'write';
}

/** Access to one environment's state and its lock file, and to no other's. */
export function stateStatements({ bucketArn, keyArn, objectKey, state }: StateAccess): PolicyStatement[] {
  const lock = `${objectKey}.tflock`;
  return policyStatements({
    FindState: {
      may: { s3: 'ListBucket' },
      on: bucketArn,
      when: { StringEquals: { 's3:prefix': [objectKey, lock] } },
    },
    UseState: {
      may: { s3: state === 'write' ? ['GetObject', 'PutObject'] : 'GetObject' },
      on: `${bucketArn}/${objectKey}`,
    },
    LockState: {
      may: { s3: ['GetObject', 'PutObject', 'DeleteObject'] },
      on: `${bucketArn}/${lock}`,
    },
    DecryptState: {
      may: { kms: ['Decrypt', 'GenerateDataKey'] },
      on: keyArn,
    },
  });
}
