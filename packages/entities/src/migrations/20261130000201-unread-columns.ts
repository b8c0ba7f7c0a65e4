import { SqlMigration } from './sql-migration.ts';

/** Without times that nothing reads, and that the row of the order or of the cart has. */
export class UnreadColumns extends SqlMigration {
  protected override readonly upStatements = [
    `-- dms-lint ignore drop-column: nothing read it; dropped before the first release
alter table cart_coupon drop column created_at`,
    `-- dms-lint ignore drop-column: nothing read it; dropped before the first release
alter table coupon_redemption drop column created_at`,
    `-- dms-lint ignore drop-column: nothing read it; dropped before the first release
alter table order_adjustment drop column created_at`,
    `-- dms-lint ignore drop-column: nothing read it; dropped before the first release
alter table stock_reservation drop column created_at`,
  ];

  protected override readonly downStatements = [
    `alter table cart_coupon add column created_at timestamptz not null default now()`,
    `alter table coupon_redemption add column created_at timestamptz not null default now()`,
    `alter table order_adjustment add column created_at timestamptz not null default now()`,
    `alter table stock_reservation add column created_at timestamptz not null default now()`,
  ];
}
