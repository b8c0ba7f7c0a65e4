import type { EntityManager } from '@mikro-orm/postgresql';
import { emitEvent } from '../../runtime/emit-event.ts';
import { int8, jsonb, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import type { Credit } from './propose-refund.ts';

/** A credit note as JSON. */
export interface StoredCreditNote {
  creditNoteId: string;
  number: string;
  grossMinor: string;
}

const insertNote = statement({
  params: { id: uuid, orderId: uuid, netMinor: int8, taxMinor: int8, reason: nullable(text) },
  row: { number: int8 },
  sql: `insert into credit_note (id, order_id, net_minor, tax_minor, reason)
    values (:id, :orderId, :netMinor, :taxMinor, :reason) returning number`,
});

const insertLines = statement({
  params: { creditNoteId: uuid, lines: jsonb() },
  row: {},
  sql: `insert into credit_note_line (id, credit_note_id, order_line_id, quantity, net_minor, tax_minor)
    select r.id, :creditNoteId, r."lineId", r.quantity, r."netMinor", r."taxMinor"
    from jsonb_to_recordset(:lines)
      as r (id uuid, "lineId" uuid, quantity integer, "netMinor" bigint, "taxMinor" bigint)`,
});

const insertTaxes = statement({
  params: { taxes: jsonb() },
  row: {},
  sql: `insert into credit_note_tax (credit_note_line_id, code, rate_ppm, amount_minor)
    select r.id, r.code, r."ratePpm", r."amountMinor"
    from jsonb_to_recordset(:taxes) as r (id uuid, code text, "ratePpm" integer, "amountMinor" bigint)`,
});

/** Writes a credit note of an order that the caller has locked, for a credit that was read since. */
export async function issueCreditNote(
  em: EntityManager,
  credit: Credit,
  reason: string | undefined,
): Promise<StoredCreditNote> {
  const { orderId, netMinor, taxMinor, grossMinor, shipping } = credit;
  const creditNoteId = uuidV7();
  const { number } = onlyRow(await insertNote(em, { id: creditNoteId, orderId, netMinor, taxMinor, reason }));
  const lines = [...credit.lines, ...(shipping.grossMinor > 0n ? [shipping] : [])].map((line) => ({
    ...line,
    id: uuidV7(),
  }));
  await insertLines(em, { creditNoteId, lines });
  const taxes = lines.flatMap(({ id, taxes }) => taxes.map((tax) => ({ id, ...tax })));
  if (taxes.length > 0) await insertTaxes(em, { taxes });
  await emitEvent(em, 'order.credited', orderId, {
    creditNoteId,
    number: number.toString(),
    grossMinor: grossMinor.toString(),
  });
  return { creditNoteId, number: number.toString(), grossMinor: grossMinor.toString() };
}
