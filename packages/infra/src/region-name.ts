import { regionFault } from '@ecommerce-dms/rds-classes';
import { z } from 'zod';

/** Name of an AWS region with RDS. */
export const regionName = z.string().superRefine((name, context) => {
  const message = regionFault(name);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
