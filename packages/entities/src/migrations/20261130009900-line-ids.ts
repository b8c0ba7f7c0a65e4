import { SqlMigration } from './sql-migration.ts';

const hashes = {
  md5: (text: string) => `md5(${text})`,
  // A backslash would begin an escape of bytea.
  sha256: (text: string) => `substr(encode(sha256(replace(${text}, '\\', '\\\\')::bytea), 'hex'), 1, 32)`,
};

const lineIds = (hash: keyof typeof hashes) => [
  `-- dms-lint ignore drop-column: made again by the next statement, before the first release
alter table cart_line drop column id`,
  `-- dms-lint ignore stored-column-added, unique-key-built: the ids of lines changed before the first release
alter table cart_line add id uuid not null generated always as (
  case when properties is null then variant_id
    else overlay(overlay(${hashes[hash]('variant_id::text || properties::text')} placing '8' from 13)
      placing '8' from 17)::uuid end) stored,
  add constraint cart_line_pkey primary key (cart_id, id)`,
  `comment on column cart_line.id is
  'Of its variant and properties: a cart has one line of both. Without properties it is the variant’s.'`,
];

/** Lines of carts have ids by SHA-256, since a server in FIPS mode has no MD5. Lines with properties get new ids. */
export class LineIds extends SqlMigration {
  protected override readonly upStatements = lineIds('sha256');
  protected override readonly downStatements = lineIds('md5');
}
