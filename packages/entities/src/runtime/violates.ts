import { ConstraintViolationException } from '@mikro-orm/postgresql';

/** Whether an error of the database says that this constraint, unique index or trigger refused a row. */
export function violates(error: unknown, constraint: string): boolean {
  return (
    error instanceof ConstraintViolationException && 'constraint' in error && error.constraint === constraint
  );
}
