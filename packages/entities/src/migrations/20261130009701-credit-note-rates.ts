import { SqlMigration } from './sql-migration.ts';

const checkTaxes = (
  unit: string,
) => `create or replace function check_added_credit_note_taxes() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from credit_note n
    where n.id in (select l.credit_note_id from added join credit_note_line l on l.id = credit_note_line_id)
      and (n.issued_xid <> pg_current_xact_id()
        or exists (
          select from credit_note other join credit_note_line l on l.credit_note_id = other.id
            join credit_note_tax t on t.credit_note_line_id = l.id
          where other.order_id = n.order_id group by ${unit}
          having sum(t.amount_minor) > (select coalesce(sum(a.amount_minor), 0) from order_adjustment a
            where a.order_id = n.order_id and a.kind = 'tax' and ${unit
              .split(', ')
              .map((column) => `${column.replace('t.', 'a.')} is not distinct from ${column}`)
              .join(' and ')})))) then
    raise exception 'The taxes are not of their credit note, or more than was charged of one'
      using errcode = 'check_violation', table = 'credit_note_tax', constraint = 'credit_note_tax_issued',
            hint = 'Taxes are written by the transaction that issues the note, at most those of the order.';
  end if;
  return null;
end $$`;

/** Credit notes say at which rate a tax was: a code may have several. */
export class CreditNoteRates extends SqlMigration {
  protected override readonly upStatements = [
    `alter table credit_note_tax add column id uuid not null default uuidv7(), add column rate_ppm integer`,
    `alter table credit_note_tax drop constraint credit_note_tax_pkey,
  add constraint credit_note_tax_pkey primary key (id)`,
    `create unique index credit_note_tax_unique on credit_note_tax (credit_note_line_id, code, rate_ppm)
  nulls not distinct`,
    `comment on column credit_note_tax.rate_ppm is 'That of the tax of the order, which may have several of one code.'`,
    checkTaxes('t.code, t.rate_ppm'),
    `grant insert (rate_ppm) on credit_note_tax to shop_app`,
  ];

  // Only while no line has two rates of one code.
  protected override readonly downStatements = [
    checkTaxes('t.code'),
    `drop index credit_note_tax_unique`,
    `alter table credit_note_tax drop column id, drop column rate_ppm,
  add constraint credit_note_tax_pkey primary key (credit_note_line_id, code)`,
  ];
}
