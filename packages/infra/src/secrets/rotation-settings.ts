import { z } from 'zod';
import { whole } from '../settings-faults.ts';

/** When the administrator's password changes by itself. */
export const rotationSettings = z.strictObject({
  // Secrets Manager drops the versions before the last hundred, and Terraform would make its own anew.
  /** 7 to 365. Default 30. */
  afterDays: whole(7, 365, '7 to 365 are supported').optional(),
});

export type RotationSettings = z.input<typeof rotationSettings>;
