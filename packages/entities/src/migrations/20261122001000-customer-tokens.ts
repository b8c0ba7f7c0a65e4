import { SqlMigration } from './sql-migration.ts';

const personal = ['customer_credential', 'customer_address', 'customer_token'];

/** Sessions and one-time tokens, verified e-mail addresses, and no new data about erased customers. */
export class CustomerTokens extends SqlMigration {
  protected override readonly upStatements = [
    `alter table customer add column email_verified_at timestamptz`,
    `comment on column customer.email_verified_at is 'When they proved that email is theirs; null: they did not.'`,

    `create table customer_token (
  id           uuid        not null default uuidv7(),
  token_hash   bytea       not null,
  customer_id  uuid        not null,
  purpose      text        not null,
  expires_at   timestamptz not null,
  created_at   timestamptz not null default now(),
  constraint customer_token_pkey primary key (id),
  constraint customer_token_token_hash_unique unique (token_hash),
  constraint customer_token_customer_id_foreign foreign key (customer_id) references customer (id)
    on delete cascade,
  constraint customer_token_purpose_check check (purpose in ('session', 'password_reset', 'email_verification')),
  constraint customer_token_token_hash_check check (octet_length(token_hash) = 32),
  constraint customer_token_expires_at_check check (expires_at > created_at)
)`,
    `comment on column customer_token.token_hash is 'SHA-256 of 32 random bytes that only their bearer has.'`,
    `create index customer_token_customer_id_index on customer_token (customer_id, purpose)`,
    `create index customer_token_expires_at_index on customer_token (expires_at)`,
    // A token is never changed. Only the application reads them.
    `revoke update on customer_token from shop_app`,
    // Locking a row needs the right to update a column.
    `grant update (id) on customer_token to shop_app`,
    `revoke all on customer_token from shop_readonly`,

    // The share lock waits for a concurrent erasure. That of the foreign key would not.
    `create function refuse_erased_customer() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from customer where id = new.customer_id and erased_at is null for share;
  if not found and exists (select from customer where id = new.customer_id) then
    raise exception 'The customer % was erased', new.customer_id
      using errcode = 'check_violation', constraint = 'customer_not_erased', table = tg_table_name;
  end if;
  return new;
end $$`,
    ...personal.map(
      (
        table,
      ) => `create trigger ${table}_customer_not_erased before insert or update of customer_id on ${table}
  for each row execute function refuse_erased_customer()`,
    ),
    `create trigger sales_order_customer_not_erased before insert or update of customer_id, email on sales_order
  for each row when (new.customer_id is not null and new.email is not null) execute function refuse_erased_customer()`,
  ];

  protected override readonly downStatements = [
    ...[...personal, 'sales_order'].map((table) => `drop trigger ${table}_customer_not_erased on ${table}`),
    `drop function refuse_erased_customer()`,
    `drop table customer_token`,
    `alter table customer drop column email_verified_at`,
  ];
}
