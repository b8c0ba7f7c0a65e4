import { SqlMigration } from './sql-migration.ts';

const sameComment = `comment on column cart_line.id is
  'Of its variant and properties: a cart has one line of both. Without properties it is the variant’s.'`;

/** It changed the ids of lines from MD5 to SHA-256, before the first release; now they are so from the beginning. */
export class LineIds extends SqlMigration {
  protected override readonly upStatements = [sameComment];
  protected override readonly downStatements = [sameComment];
}
