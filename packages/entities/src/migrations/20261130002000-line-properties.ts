import { SqlMigration } from './sql-migration.ts';

const check = `check (
  jsonb_typeof(properties) = 'object' and properties <> '{}' and pg_column_size(properties) <= 32768)`;

/** What has changed in the lines since it was done last; in the lines of now, the id is that of the variant. */
const followChanges = `with taken as (delete from cart_line_change returning cart_id, variant_id),
gone as (
  delete from cart_line_next n using taken t where n.cart_id = t.cart_id and n.variant_id = t.variant_id
    and not exists (select from cart_line l where l.cart_id = t.cart_id and l.variant_id = t.variant_id))
insert into cart_line_next (cart_id, variant_id, quantity, unit_price_minor, created_at)
select l.cart_id, l.variant_id, l.quantity, l.unit_price_minor, l.created_at
from (select distinct cart_id, variant_id from taken) t join cart_line l using (cart_id, variant_id)
on conflict (cart_id, id) do update set quantity = excluded.quantity, unit_price_minor = excluded.unit_price_minor,
  created_at = excluded.created_at`;

/** Two lines of a cart can be of one variant: each has properties of its own, which its order keeps. */
export class LineProperties extends SqlMigration {
  protected override readonly upStatements = [
    // A stored column can be added only while nobody uses the table, for as long as all lines are written again. So the
    // lines are copied into a table that has it, which follows them until it takes their place.
    // The id is a UUID of version 8, in the key in place of the variant: no index more, and an addition finds its line
    // as before. By SHA-256: a server in FIPS mode has no MD5. A backslash would begin an escape of bytea.
    `create table cart_line_next (
  cart_id           uuid         constraint cart_line_cart_id_not_null not null,
  variant_id        uuid         constraint cart_line_variant_id_not_null not null,
  quantity          integer      constraint cart_line_quantity_not_null not null,
  unit_price_minor  bigint       constraint cart_line_unit_price_minor_not_null not null,
  created_at        timestamptz  constraint cart_line_created_at_not_null not null default now(),
  properties        jsonb,
  id                uuid         constraint cart_line_id_not_null not null generated always as (
    case when properties is null then variant_id
      else overlay(overlay(substr(encode(sha256(replace(variant_id::text || properties::text, '\\', '\\\\')::bytea), 'hex'), 1, 32)
        placing '8' from 13) placing '8' from 17)::uuid end) stored,
  constraint cart_line_quantity_check check (quantity between 1 and 9999),
  constraint cart_line_unit_price_minor_check check (unit_price_minor >= 0),
  constraint cart_line_properties_check ${check}
) with (fillfactor = 70)`,
    `comment on column cart_line_next.unit_price_minor is
  'The price that the customer saw, in the currency of the cart. Checkout compares it with the current one.'`,
    `comment on column cart_line_next.properties is
  'What the buyer wants of it, such as an engraving; null: nothing. Personal.'`,
    `comment on column cart_line_next.id is
  'Of its variant and properties: a cart has one line of both. Without properties it is the variant’s.'`,
    // Default privileges grant more.
    `revoke all on cart_line_next from shop_app`,
    `grant select, insert, delete, update (quantity, unit_price_minor) on cart_line_next to shop_app`,

    `create table cart_line_change (cart_id uuid not null, variant_id uuid not null)`,
    `revoke all on cart_line_change from shop_app, shop_readonly`,
    `create function note_cart_line_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op <> 'INSERT' then
    insert into cart_line_change (cart_id, variant_id) values (old.cart_id, old.variant_id);
  end if;
  if tg_op <> 'DELETE' then
    insert into cart_line_change (cart_id, variant_id) values (new.cart_id, new.variant_id);
  end if;
  return null;
end $$`,
    `create trigger cart_line_change after insert or update or delete on cart_line
  for each row execute function note_cart_line_change()`,
    `insert into cart_line_next (cart_id, variant_id, quantity, unit_price_minor, created_at)
  select cart_id, variant_id, quantity, unit_price_minor, created_at from cart_line`,
    `alter table cart_line_next add constraint cart_line_next_pkey primary key (cart_id, id)`,
    `analyze cart_line_next`,
    // The second time there is little left, and the last time next to nothing.
    followChanges,
    followChanges,
    `-- dms-lint ignore lock-table: for as long as a few changes take to follow, and no longer
-- dms-lint ignore rename-object: another table takes the name at once
do $$
begin
  lock table cart, product_variant in share row exclusive mode;
  lock table cart_line in access exclusive mode;
  ${followChanges};
  alter table cart_line rename to cart_line_before;
  alter table cart_line_before rename constraint cart_line_pkey to cart_line_before_pkey;
  alter table cart_line_next rename to cart_line;
  alter table cart_line rename constraint cart_line_next_pkey to cart_line_pkey;
  alter table cart_line
    add constraint cart_line_cart_id_foreign foreign key (cart_id) references cart (id) on delete cascade not valid,
    add constraint cart_line_variant_id_foreign foreign key (variant_id) references product_variant (id) not valid;
end $$`,
    `alter table cart_line validate constraint cart_line_cart_id_foreign`,
    `alter table cart_line validate constraint cart_line_variant_id_foreign`,
    `comment on constraint cart_line_variant_id_foreign on cart_line is
  'No index: variants are deleted softly.'`,
    `-- dms-lint ignore drop-table: all its lines are in the table that has its name
drop table cart_line_before, cart_line_change`,
    `drop function note_cart_line_change()`,

    `alter table order_line drop constraint order_line_order_id_variant_id_unique,
  add properties jsonb, add constraint order_line_properties_check ${check} not valid`,
    `alter table order_line validate constraint order_line_properties_check`,
    `comment on column order_line.properties is
  'What the buyer wants of it, such as an engraving; null: nothing. Erasure empties it.'`,
    `create trigger order_line_properties_kept before update of properties on order_line
  for each row when (new.properties is not null and new.properties is distinct from old.properties)
  execute function refuse_change()`,
    `grant insert (properties), update (properties) on order_line to shop_app`,
  ];

  protected override readonly downStatements = [
    `drop trigger order_line_properties_kept on order_line`,
    `alter table order_line drop column properties,
  add constraint order_line_order_id_variant_id_unique unique (order_id, variant_id)`,
    `alter table cart_line drop column id, drop column properties,
  add constraint cart_line_pkey primary key (cart_id, variant_id)`,
  ];
}
