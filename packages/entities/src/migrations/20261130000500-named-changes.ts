import { SqlMigration } from './sql-migration.ts';

/** Who asked a provider for something and why, and who changed the stock. */
export class NamedChanges extends SqlMigration {
  protected override readonly upStatements = [
    // In two steps: with a default in the first, existing rows would get an actor, who is unknown.
    `alter table payment_transaction add column actor text, add column reason text`,
    `alter table payment_transaction
  alter column actor set default coalesce(nullif(current_setting('shop.actor', true), ''), session_user)`,
    `comment on column payment_transaction.actor is
  'Whom the application names (shop.actor), or else the database user; null: from before there was this column.'`,
    `comment on column payment_transaction.reason is 'Why money was returned or given up. No personal data.'`,
    `alter table stock_movement add column actor text`,
    `alter table stock_movement
  alter column actor set default coalesce(nullif(current_setting('shop.actor', true), ''), session_user)`,
    `comment on column stock_movement.actor is
  'Whom the application names (shop.actor), or else the database user; null: from before there was this column.'`,
  ];

  protected override readonly downStatements = [
    `alter table stock_movement drop column actor`,
    `alter table payment_transaction drop column actor, drop column reason`,
  ];
}
