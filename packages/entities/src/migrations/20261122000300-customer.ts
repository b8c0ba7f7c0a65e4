import { SqlMigration } from './sql-migration.ts';

/** Customers, their credentials and their address book. */
export class Customer extends SqlMigration {
  protected override readonly upStatements = [
    `create table customer (
  id                 uuid        not null default uuidv7(),
  email              text,
  first_name         text,
  last_name          text,
  phone              text,
  accepts_marketing  boolean     not null default false,
  erased_at          timestamptz,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  constraint customer_pkey primary key (id),
  constraint customer_email_check check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254),
  -- An erased customer is a row without a person, so that the orders keep what they point to.
  constraint customer_erased_check check (
    case when erased_at is null then email is not null
         else num_nonnulls(email, first_name, last_name, phone) = 0 and not accepts_marketing end)
)`,
    `create unique index customer_email_unique on customer (lower(email))`,
    `create index customer_listing_index on customer (created_at, id)`,
    `create trigger customer_updated_at before update on customer for each row execute function set_updated_at()`,

    `create table customer_credential (
  id               uuid        not null default uuidv7(),
  customer_id      uuid        not null,
  provider         text        not null default 'password',
  subject          text,
  secret_hash      text,
  failed_attempts  integer     not null default 0,
  locked_until     timestamptz,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint customer_credential_pkey primary key (id),
  constraint customer_credential_customer_id_foreign foreign key (customer_id) references customer (id)
    on delete cascade,
  constraint customer_credential_customer_id_provider_unique unique (customer_id, provider),
  constraint customer_credential_provider_subject_unique unique (provider, subject),
  constraint customer_credential_failed_attempts_check check (failed_attempts >= 0),
  -- A password has a hash, an identity at another provider has that provider's subject.
  constraint customer_credential_provider_check check (
    case provider when 'password' then secret_hash is not null and subject is null
                  else secret_hash is null and subject is not null end)
)`,
    `comment on column customer_credential.secret_hash is
  'PHC string: algorithm, its parameters, salt and hash. Never a password.'`,
    `create trigger customer_credential_updated_at before update on customer_credential
  for each row execute function set_updated_at()`,

    `create table customer_address (
  id                   uuid        not null default uuidv7(),
  customer_id          uuid        not null,
  full_name            text        not null,
  company              text,
  line1                text        not null,
  line2                text,
  city                 text        not null,
  region               text,
  postal_code          text,
  country_code         text        not null,
  phone                text,
  is_default_shipping  boolean     not null default false,
  is_default_billing   boolean     not null default false,
  created_at           timestamptz not null default now(),
  constraint customer_address_pkey primary key (id),
  constraint customer_address_customer_id_foreign foreign key (customer_id) references customer (id)
    on delete cascade,
  constraint customer_address_country_code_check check (country_code ~ '^[A-Z]{2}$')
)`,
    `create index customer_address_customer_id_index on customer_address (customer_id)`,
    `create unique index customer_address_default_shipping_unique on customer_address (customer_id)
  where is_default_shipping`,
    `create unique index customer_address_default_billing_unique on customer_address (customer_id)
  where is_default_billing`,
  ];

  protected override readonly downStatements = [`drop table customer_address, customer_credential, customer`];
}
