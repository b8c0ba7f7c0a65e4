import { Migration } from '@mikro-orm/migrations';

/** A migration that consists of SQL statements, each a string, so that an error names the statement that failed. */
export abstract class SqlMigration extends Migration {
  protected abstract readonly upStatements: readonly string[];
  protected abstract readonly downStatements: readonly string[];

  /** The lock of the statement that adds a constraint must not be held while another one validates it. */
  override isTransactional(): boolean {
    return !this.upStatements.some((statement) => /\bvalidate constraint\b/.test(statement));
  }

  override up(): void {
    for (const statement of this.upStatements) this.addSql(statement);
  }

  override down(): void {
    for (const statement of this.downStatements) this.addSql(statement);
  }
}
