import { z } from 'zod';
import { regionName } from '../region-name.ts';

/** Where Terraform keeps the stack's state. */
export const stateBackendSettings = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('s3'),
    bucket: z.string(),
    /** Object key of the state: `shop/production.tfstate`. */
    key: z.string(),
    region: regionName,
    /** KMS key of the state object. Default: a key of S3 itself (SSE-S3), which the bucket of `StateStore` refuses. */
    kmsKeyArn: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('local'),
    /** Relative to the folder that Terraform runs in. Default `terraform.tfstate`. */
    path: z.string().optional(),
  }),
]);

export type StateBackend = z.input<typeof stateBackendSettings>;
