import { SqlMigration } from './sql-migration.ts';

const tables = ['product', 'product_variant'];

/** Products and variants count their changes, whoever makes them: so that no change is lost to another. */
export class CatalogVersions extends SqlMigration {
  protected override readonly upStatements = [
    `create function count_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$`,
    ...tables.flatMap((table) => [
      `alter table ${table} add column version integer not null default 1`,
      `comment on column ${table}.version is 'Grows with every change of the row; a trigger counts.'`,
      `create trigger ${table}_version before update on ${table} for each row execute function count_version()`,
    ]),
  ];

  protected override readonly downStatements = [
    ...tables.flatMap((table) => [
      `drop trigger ${table}_version on ${table}`,
      `alter table ${table} drop column version`,
    ]),
    `drop function count_version()`,
  ];
}
