import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import type { TaxAmount } from '../../pricing/charged-parts.ts';
import { int4, int8, jsonb, nullable, text, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const listing = z.strictObject({ orderId: z.uuid() });

/** A line of a credit note; without `lineId` it is the shipping. Amounts are minor units. */
export interface IssuedCreditLine {
  lineId: string | undefined;
  quantity: number | undefined;
  netMinor: bigint;
  taxMinor: bigint;
  grossMinor: bigint;
  taxes: TaxAmount[];
}

/** A credit note as it was issued. */
export interface IssuedCreditNote {
  creditNoteId: string;
  number: bigint;
  netMinor: bigint;
  taxMinor: bigint;
  grossMinor: bigint;
  reason: string | undefined;
  actor: string | undefined;
  issuedAt: Date;
  lines: IssuedCreditLine[];
}

const selectNotes = statement({
  params: { orderId: uuid },
  row: {
    creditNoteId: uuid,
    number: int8,
    netMinor: int8,
    taxMinor: int8,
    reason: nullable(text),
    actor: nullable(text),
    issuedAt: timestamptz,
  },
  sql: `select id as "creditNoteId", number, net_minor as "netMinor", tax_minor as "taxMinor", reason, actor,
      issued_at as "issuedAt"
    from credit_note where order_id = :orderId order by number`,
});

const selectLines = statement({
  params: { orderId: uuid },
  row: {
    creditNoteId: uuid,
    lineId: nullable(uuid),
    quantity: nullable(int4),
    netMinor: int8,
    taxMinor: int8,
    taxes: jsonb<{ code: string; ratePpm: number | null; amountMinor: string }[]>(),
  },
  sql: `select l.credit_note_id as "creditNoteId", l.order_line_id as "lineId", l.quantity, l.net_minor as "netMinor",
      l.tax_minor as "taxMinor", coalesce((
        select jsonb_agg(jsonb_build_object('code', t.code, 'ratePpm', t.rate_ppm,
          'amountMinor', t.amount_minor::text) order by t.code, t.rate_ppm)
        from credit_note_tax t where t.credit_note_line_id = l.id), '[]') as taxes
    from credit_note n join credit_note_line l on l.credit_note_id = n.id
      left join order_line o on o.id = l.order_line_id
    where n.order_id = :orderId order by o.position nulls last`,
});

/**
 * The credit notes of an order, by their numbers.
 *
 * @throws UserError `invalid-input`
 */
export async function listCreditNotes(
  em: EntityManager,
  request: z.input<typeof listing>,
): Promise<IssuedCreditNote[]> {
  const { orderId } = parseInput(listing, request);
  const notes = await selectNotes(em, { orderId });
  const lines = await selectLines(em, { orderId });
  return notes.map(({ reason, actor, ...note }) => ({
    ...note,
    grossMinor: note.netMinor + note.taxMinor,
    reason: reason ?? undefined,
    actor: actor ?? undefined,
    lines: lines
      .filter(({ creditNoteId }) => creditNoteId === note.creditNoteId)
      .map(({ creditNoteId: _note, lineId, quantity, taxes, ...line }) => ({
        lineId: lineId ?? undefined,
        quantity: quantity ?? undefined,
        ...line,
        grossMinor: line.netMinor + line.taxMinor,
        taxes: taxes.map(({ code, ratePpm, amountMinor }) => ({
          code,
          ratePpm: ratePpm ?? undefined,
          amountMinor: BigInt(amountMinor),
        })),
      })),
  }));
}
