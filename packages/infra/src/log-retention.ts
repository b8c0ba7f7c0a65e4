import { z } from 'zod';

/** The retentions that CloudWatch Logs knows, in days. */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Days that CloudWatch Logs keeps a log. */
export const logRetention = z
  .number()
  .refine((days) => retentions.includes(days), `CloudWatch knows ${retentions.join(', ')}`);

/** The same as the setting of a construct. */
export const logRetentionSettings = z.strictObject({ logRetentionDays: logRetention.optional() });
