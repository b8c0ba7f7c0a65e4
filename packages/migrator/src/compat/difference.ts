import type { Failure, Operation } from './exercise/outcome.ts';

/** What a release did before and no longer does, or does with another result. */
export interface Difference {
  entity: string;
  property?: string;
  operation: Operation | 'migration' | 'shared row';
  variant: string;
  statement?: string;
  failure?: Failure;
  problem: string;
  remedy: string;
}

/** `column "title" does not exist (SQLSTATE 42703)`. */
export function failureText({ message, sqlState, where }: Failure): string {
  const place = where === undefined ? '' : ` in ${where}`;
  return `${message}${sqlState === undefined ? '' : ` (SQLSTATE ${sqlState})`}${place}`;
}
