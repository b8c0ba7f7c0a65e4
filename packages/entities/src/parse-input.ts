import { UserError } from '@ecommerce-dms/errors';
import type { ZodType } from 'zod';

/** A message repeats names of the input, which can be a megabyte long, or a list with a million wrong items. */
const maxFaults = 100;

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300).toWellFormed()}...` : text;
}

/**
 * The input as its schema says.
 *
 * @throws UserError `invalid-input` with every fault, of which the first 100 are named
 */
export function parseInput<T>(schema: ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => {
    return `${shortened(path.map(String).join('.')) || 'input'}: ${shortened(message)}`;
  });
  const shown = faults.slice(0, maxFaults);
  if (faults.length > maxFaults) shown.push(`and ${faults.length - maxFaults} more`);
  throw new UserError('invalid-input', shown.join('; '));
}
