import { z } from 'zod';
import { whole } from '../settings-faults.ts';

/** Settings of the rotation of the administrator's password. */
export const rotationSettings = z.strictObject({
  // Secrets Manager drops the versions before the last hundred, and Terraform would create its own again.
  /** Days between two rotations, 7 to 365. Default 30. */
  afterDays: whole(7, 365, '7 to 365 are supported').optional(),
});

export type RotationSettings = z.input<typeof rotationSettings>;
