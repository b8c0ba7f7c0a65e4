import { SqlMigration } from './sql-migration.ts';

const kindCheck = (kinds: string) => [
  `alter table stock_movement drop constraint stock_movement_kind_check,
  add constraint stock_movement_kind_check check (kind in (${kinds})) not valid`,
  `alter table stock_movement validate constraint stock_movement_kind_check`,
];
const quantityCheck = (either: string) => [
  `alter table stock_movement drop constraint stock_movement_quantity_check,
  add constraint stock_movement_quantity_check check (
    case ${either} when 'shipment' then quantity < 0 else quantity > 0 end) not valid`,
  `alter table stock_movement validate constraint stock_movement_quantity_check`,
];

/** Corrections of the stock have a reason of a closed list, and what leaves a location arrives at another. */
export class StockChanges extends SqlMigration {
  protected override readonly upStatements = [
    ...kindCheck(`'receipt', 'adjustment', 'shipment', 'return', 'transfer'`),
    ...quantityCheck(`kind when 'adjustment' then quantity <> 0 when 'transfer' then quantity <> 0`),
    `alter table stock_movement add column reason text, add column transfer_id uuid`,
    `comment on column stock_movement.reason is 'Why the stock was corrected. Null: by an import of a catalog.'`,
    `comment on column stock_movement.transfer_id is 'Its rows are one transfer: of each variant their sum is 0.'`,
    `alter table stock_movement add constraint stock_movement_reason_check check (
    reason in ('count', 'damage', 'loss', 'found', 'expiry', 'internal-use', 'correction')) not valid,
  add constraint stock_movement_reason_kind_check check (reason is null or kind = 'adjustment') not valid`,
    `alter table stock_movement validate constraint stock_movement_reason_check`,
    `alter table stock_movement validate constraint stock_movement_reason_kind_check`,
    `alter table stock_movement add constraint stock_movement_transfer_check check (
  (kind = 'transfer') = (transfer_id is not null)) not valid`,
    `alter table stock_movement validate constraint stock_movement_transfer_check`,
    // Only transfers are in it: other movements write to no index more.
    `create unique index concurrently stock_movement_transfer_unique on stock_movement (transfer_id, variant_id, location_id)
  where transfer_id is not null`,
    `create function check_transfer_sum() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if (select sum(quantity) from stock_movement
      where transfer_id = new.transfer_id and variant_id = new.variant_id) <> 0 then
    raise exception 'Of transfer % not all that left has arrived', new.transfer_id
      using errcode = 'check_violation', table = 'stock_movement', constraint = 'stock_movement_transfer_sum',
            hint = 'Insert both movements in one statement.';
  end if;
  return null;
end $$`,
    `create trigger stock_movement_transfer_sum after insert on stock_movement
  for each row when (new.transfer_id is not null) execute function check_transfer_sum()`,
    `grant update (location_id) on stock_reservation to shop_app`,
  ];

  protected override readonly downStatements = [
    `revoke update (location_id) on stock_reservation from shop_app`,
    `drop trigger stock_movement_transfer_sum on stock_movement`,
    `drop function check_transfer_sum()`,
    // Both rows of a transfer are what an adjustment would have been.
    `alter table stock_movement disable trigger stock_movement_append_only`,
    `alter table stock_movement drop constraint stock_movement_transfer_check`,
    `drop index stock_movement_transfer_unique`,
    `update stock_movement set kind = 'adjustment' where kind = 'transfer'`,
    `alter table stock_movement enable trigger stock_movement_append_only`,
    `alter table stock_movement drop column reason, drop column transfer_id`,
    ...quantityCheck(`kind when 'adjustment' then quantity <> 0`),
    ...kindCheck(`'receipt', 'adjustment', 'shipment', 'return'`),
  ];
}
