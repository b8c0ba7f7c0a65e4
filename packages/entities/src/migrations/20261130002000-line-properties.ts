import { SqlMigration } from './sql-migration.ts';

const check = `check (
  jsonb_typeof(properties) = 'object' and properties <> '{}' and pg_column_size(properties) <= 32768)`;

/** Two lines of a cart can be of one variant: each has properties of its own, which its order keeps. */
export class LineProperties extends SqlMigration {
  protected override readonly upStatements = [
    `alter table cart_line add properties jsonb, add constraint cart_line_properties_check ${check} not valid`,
    `alter table cart_line validate constraint cart_line_properties_check`,
    `comment on column cart_line.properties is
  'What the buyer wants of it, such as an engraving; null: nothing. Personal.'`,
    // A UUID of version 8, in the key in place of the variant: no index more, and an addition finds its line as before.
    `-- dms-lint ignore stored-column-added: lines have ids of their own since before the first release
alter table cart_line add id uuid not null generated always as (
  case when properties is null then variant_id
    else overlay(overlay(md5(variant_id::text || properties::text) placing '8' from 13) placing '8' from 17)::uuid end) stored`,
    `comment on column cart_line.id is
  'Of its variant and properties: a cart has one line of both. Without properties it is the variant’s.'`,
    `create unique index concurrently cart_line_pkey_new on cart_line (cart_id, id)`,
    `alter table cart_line drop constraint cart_line_pkey,
  add constraint cart_line_pkey primary key using index cart_line_pkey_new`,

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
