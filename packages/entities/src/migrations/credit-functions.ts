/**
 * To be created: the taxes of a credit note are written with it; of each code, or code and rate, at most what was
 * charged.
 */
export const checkAddedCreditNoteTaxes = ({
  byRate,
}: {
  byRate: boolean;
}) => `function check_added_credit_note_taxes() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from credit_note n
    where n.id in (select l.credit_note_id from added join credit_note_line l on l.id = credit_note_line_id)
      and (n.issued_xid <> pg_current_xact_id()
        or exists (
          select from credit_note other join credit_note_line l on l.credit_note_id = other.id
            join credit_note_tax t on t.credit_note_line_id = l.id
          where other.order_id = n.order_id group by t.code${byRate ? ', t.rate_ppm' : ''}
          having sum(t.amount_minor) > (select coalesce(sum(a.amount_minor), 0) from order_adjustment a
            where a.order_id = n.order_id and a.kind = 'tax' and a.code ${byRate ? 'is not distinct from t.code and a.rate_ppm is not distinct from t.rate_ppm' : '= t.code'})))) then
    raise exception 'The taxes are not of their credit note, or more than was charged of one'
      using errcode = 'check_violation', table = 'credit_note_tax', constraint = 'credit_note_tax_issued',
            hint = 'Taxes are written by the transaction that issues the note, at most those of the order.';
  end if;
  return null;
end $$`;
