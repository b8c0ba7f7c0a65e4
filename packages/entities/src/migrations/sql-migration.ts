import { Migration } from '@mikro-orm/migrations';

/** A migration that consists of SQL statements, each a string, so that an error names the statement that failed. */
export abstract class SqlMigration extends Migration {
  protected abstract readonly upStatements: readonly string[];
  protected abstract readonly downStatements: readonly string[];

  override up(): void {
    for (const statement of this.upStatements) this.addSql(statement);
  }

  override down(): void {
    for (const statement of this.downStatements) this.addSql(statement);
  }
}
