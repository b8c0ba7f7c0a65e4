import type { EntityManager } from '@mikro-orm/postgresql';
import {
  type ChargedPart,
  chargedParts,
  nextShare,
  nothingCharged,
  sumOfTaxes,
  taxOf,
  type TaxAmount,
} from '../../pricing/charged-parts.ts';
import type { Adjustment } from '../../pricing/basket.ts';
import { bool, int4, int8, int8Sum, nullable, text, textOf, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

/** A line as it was charged, and what was credited of it. Amounts are minor units. */
export interface ChargedLine {
  lineId: string;
  quantity: number;
  /** Units that were cancelled or have come back. */
  givenUpQuantity: number;
  creditedQuantity: number;
  charged: ChargedPart;
  credited: ChargedPart;
}

/** What was charged for an order, and what was credited of it. */
export interface ChargedOrderState {
  totalMinor: bigint;
  creditedMinor: bigint;
  lines: ChargedLine[];
  shipping: { charged: ChargedPart; credited: ChargedPart };
}

const selectLines = statement({
  params: { orderId: uuid },
  row: { lineId: uuid, quantity: int4, givenUpQuantity: int4, totalMinor: int8, editNumber: nullable(int4) },
  sql: `select id as "lineId", quantity, cancelled_quantity + returned_quantity as "givenUpQuantity",
      total_minor as "totalMinor", edit_number as "editNumber"
    from order_line where order_id = :orderId order by position`,
});

const selectTaxIncluded = statement({
  params: { orderId: uuid },
  row: { isTaxIncluded: bool },
  sql: 'select tax_included as "isTaxIncluded" from sales_order where id = :orderId',
});

const selectAdjustments = statement({
  params: { orderId: uuid },
  row: {
    lineId: nullable(uuid),
    kind: textOf<Adjustment['kind']>(),
    code: text,
    ratePpm: nullable(int4),
    amountMinor: int8,
    editNumber: nullable(int4),
  },
  sql: `select order_line_id as "lineId", kind, code, rate_ppm as "ratePpm", amount_minor as "amountMinor",
      edit_number as "editNumber"
    from order_adjustment where order_id = :orderId`,
});

/** Of each line, and of the shipping without one: units with their gross amount, and each tax by its code and rate. */
const selectCredited = statement({
  params: { orderId: uuid },
  row: {
    lineId: nullable(uuid),
    code: nullable(text),
    ratePpm: nullable(int4),
    quantity: int8,
    amountMinor: int8Sum,
  },
  sql: `select l.order_line_id as "lineId", null::text as code, null::integer as "ratePpm", coalesce(sum(l.quantity), 0) as quantity,
      sum(l.net_minor + l.tax_minor) as "amountMinor"
    from credit_note n join credit_note_line l on l.credit_note_id = n.id where n.order_id = :orderId group by 1
    union all
    select l.order_line_id, t.code, t.rate_ppm, 0, sum(t.amount_minor)
    from credit_note n join credit_note_line l on l.credit_note_id = n.id
      join credit_note_tax t on t.credit_note_line_id = l.id
    where n.order_id = :orderId group by 1, 2, 3`,
});

/** Reads what was charged for an order, and what was credited of it. */
export async function readCharged(em: EntityManager, orderId: string): Promise<ChargedOrderState> {
  const [order] = await selectTaxIncluded(em, { orderId });
  const lines = await selectLines(em, { orderId });
  const adjustments = await selectAdjustments(em, { orderId });
  const credits = await selectCredited(em, { orderId });
  const isTaxIncluded = order?.isTaxIncluded ?? false;
  // What is charged for the whole order is not that of lines which an edit has added, and the other way round.
  const batches = [...Map.groupBy(lines, ({ editNumber }) => editNumber)].map(([editNumber, lines]) =>
    chargedParts({
      isTaxIncluded,
      lines,
      adjustments: adjustments.filter((each) => each.editNumber === editNumber),
    }),
  );
  const chargedLines = new Map(batches.flatMap((batch) => [...batch.lines]));
  const chargedShipping = batches.find(({ shipping }) => shipping.grossMinor > 0n)?.shipping;
  const creditedOf = (lineId: string | null) => {
    const own = credits.filter((credit) => credit.lineId === lineId);
    const whole = own.find(({ code }) => code === null);
    const taxes = own.flatMap(({ code, ratePpm, amountMinor }): TaxAmount[] =>
      code === null ? [] : [{ code, ratePpm: ratePpm ?? undefined, amountMinor }],
    );
    return {
      creditedQuantity: Number(whole?.quantity ?? 0n),
      credited: { grossMinor: whole?.amountMinor ?? 0n, taxes },
    };
  };
  const parts = lines.map(({ totalMinor: _total, editNumber: _edit, ...line }) => ({
    ...line,
    ...creditedOf(line.lineId),
    charged: chargedLines.get(line.lineId) ?? nothingCharged,
  }));
  const shipping = { charged: chargedShipping ?? nothingCharged, credited: creditedOf(null).credited };
  const sum = (of: 'charged' | 'credited') =>
    [...parts, shipping].reduce((sum, part) => sum + part[of].grossMinor, 0n);
  return { totalMinor: sum('charged'), creditedMinor: sum('credited'), lines: parts, shipping };
}

/** What units of lines cost, in minor units. */
export interface UnitsValue {
  netMinor: bigint;
  taxMinor: bigint;
  grossMinor: bigint;
}

/**
 * What units that are given up next have cost: those after the ones that were given up or credited before, so that the
 * values of all units of a line make what it was charged.
 *
 * @param state before they are counted
 */
export function valueOfUnits(
  { lines }: ChargedOrderState,
  units: readonly { lineId: string; quantity: number }[],
): UnitsValue {
  const value: UnitsValue = { netMinor: 0n, taxMinor: 0n, grossMinor: 0n };
  for (const { lineId, quantity: next } of units) {
    const line = lines.find((each) => each.lineId === lineId);
    if (line === undefined) continue;
    const { quantity, charged, credited, creditedQuantity } = line;
    const from = Math.min(quantity, Math.max(creditedQuantity, line.givenUpQuantity));
    const upTo = Math.min(quantity, from + next);
    const share = (from: number, before: ChargedPart) =>
      nextShare(charged, before, { upTo: BigInt(from), of: BigInt(quantity) });
    const before = from === creditedQuantity ? credited : sumOfParts(credited, share(from, credited));
    const part = share(upTo, before);
    value.grossMinor += part.grossMinor;
    value.taxMinor += taxOf(part);
  }
  value.netMinor = value.grossMinor - value.taxMinor;
  return value;
}

function sumOfParts(one: ChargedPart, other: ChargedPart): ChargedPart {
  return {
    grossMinor: one.grossMinor + other.grossMinor,
    taxes: sumOfTaxes([...one.taxes, ...other.taxes]),
  };
}
