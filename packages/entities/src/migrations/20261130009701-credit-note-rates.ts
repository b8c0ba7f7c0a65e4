import { checkAddedCreditNoteTaxes } from './credit-functions.ts';
import { SqlMigration } from './sql-migration.ts';

/** Credit notes say at which rate a tax was: a code may have several. */
export class CreditNoteRates extends SqlMigration {
  protected override readonly upStatements = [
    `alter table credit_note_tax add column id uuid,
  add column rate_ppm integer,
  alter column id set default uuidv7(),
  add constraint credit_note_tax_id_not_null_check check (id is not null) not valid`,
    `alter table credit_note_tax validate constraint credit_note_tax_id_not_null_check`,
    `alter table credit_note_tax alter column id set not null`,
    `alter table credit_note_tax drop constraint credit_note_tax_id_not_null_check`,
    `create unique index concurrently credit_note_tax_pkey_new on credit_note_tax (id)`,
    `alter table credit_note_tax drop constraint credit_note_tax_pkey,
  add constraint credit_note_tax_pkey primary key using index credit_note_tax_pkey_new`,
    `create unique index concurrently credit_note_tax_unique on credit_note_tax (credit_note_line_id, code, rate_ppm)
  nulls not distinct`,
    `comment on column credit_note_tax.rate_ppm is 'That of the tax of the order, which may have several of one code.'`,
    `create or replace ${checkAddedCreditNoteTaxes({ byRate: true })}`,
    `grant insert (rate_ppm) on credit_note_tax to shop_app`,
  ];

  // Only while no line has two rates of one code.
  protected override readonly downStatements = [
    `create or replace ${checkAddedCreditNoteTaxes({ byRate: false })}`,
    `drop index credit_note_tax_unique`,
    `alter table credit_note_tax drop column id,
  drop column rate_ppm,
  add constraint credit_note_tax_pkey primary key (credit_note_line_id, code)`,
  ];
}
