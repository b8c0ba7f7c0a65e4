/** The shop's database, on a laptop and on AWS. */
export const databaseName = 'shop';

/** How the stages connect. They hold passwords: not for logs, errors or state files. */
export interface DatabaseUrls {
  /** Reads and writes data, on the writer. */
  app: string;
  /** Acts as the owner of the schema, on the writer. */
  migrator: string;
  /** Reads data, on a reader where there is one. */
  readonly: string;
  /** As `migrator`, on a reader; undefined without one. */
  reader: string | undefined;
  /** A role with pg_monitor, on each server. */
  monitors: { writer: string; readers: string[] };
}
