import { SqlMigration } from './sql-migration.ts';

/** Carts that expire at the end of a day, so that activity on a cart seldom changes an indexed value. */
export class CartExpiry extends SqlMigration {
  protected override readonly upStatements = [
    `alter table cart alter column expires_at
  set default date_trunc('day', now(), 'UTC') + interval '31 days'`,
    `comment on column cart.expires_at is
  'The end of a day (UTC), at least 30 days after the last activity: what changes the cart puts it off.'`,
  ];

  protected override readonly downStatements = [
    `comment on column cart.expires_at is null`,
    `alter table cart alter column expires_at set default now() + interval '30 days'`,
  ];
}
