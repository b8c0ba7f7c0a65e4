import { UserError } from '@ecommerce-dms/errors';
import type { ZodType } from 'zod';

/**
 * The input as its schema says.
 *
 * @throws UserError `invalid-input` with every fault
 */
export function parseInput<T>(schema: ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  throw new UserError('invalid-input', faults.join('; '));
}
