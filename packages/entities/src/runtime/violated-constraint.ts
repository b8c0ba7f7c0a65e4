/** The constraint, unique index or trigger that refused a row, where an error of the database names one. */
export function violatedConstraint(error: unknown): unknown {
  return error instanceof Error && 'constraint' in error ? error.constraint : undefined;
}
