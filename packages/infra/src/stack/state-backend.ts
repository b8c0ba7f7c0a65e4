import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import type { StateBackend } from './state-settings.ts';

/** Adds the backend to the stack. S3 state is encrypted and locked by a lock file (Terraform 1.10 and later). */
export function addStateBackend(stack: TerraformStack, backend: StateBackend): void {
  if (backend.type === 'local') {
    new LocalBackend(stack, { path: backend.path ?? 'terraform.tfstate' });
    return;
  }
  const { bucket, key, region, kmsKeyArn } = backend;
  const s3 = new S3Backend(stack, { bucket, key, region, kmsKeyId: kmsKeyArn, encrypt: true });
  // cdktf 0.21 has no property for the lock file; its successor has.
  s3.addOverride('use_lockfile', true);
}
