import type { PolicyStatement } from './policy-statement.ts';

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
  return [
    {
      Sid: 'FindState',
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: bucketArn,
      Condition: { StringEquals: { 's3:prefix': [objectKey, lock] } },
    },
    {
      Sid: 'UseState',
      Effect: 'Allow',
      Action: state === 'write' ? ['s3:GetObject', 's3:PutObject'] : 's3:GetObject',
      Resource: `${bucketArn}/${objectKey}`,
    },
    {
      Sid: 'LockState',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      Resource: `${bucketArn}/${lock}`,
    },
    {
      Sid: 'DecryptState',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: keyArn,
    },
  ];
}
