import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { breakDownTaxes, type TaxBreakdownRow } from '../../pricing/break-down-taxes.ts';
import { bool, int4, int8, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const request = z.strictObject({ orderId: z.uuid() });

/** The taxes of an order as it was placed and added to, before credit notes; in minor units of its currency. */
export interface TaxBreakdown {
  currencyCode: string;
  /** Whether the prices of the lines, fees and discounts include them. */
  taxIncluded: boolean;
  /** Of the whole order. */
  rows: TaxBreakdownRow[];
  /** Of each line that has a tax; the rest of the rows is of shipping. */
  lines: { lineId: string; rows: TaxBreakdownRow[] }[];
}

const selectTaxes = statement({
  params: { orderId: uuid },
  row: {
    currencyCode: text,
    taxIncluded: bool,
    lineId: nullable(uuid),
    code: nullable(text),
    ratePpm: nullable(int4),
    taxableMinor: nullable(int8),
    amountMinor: nullable(int8),
  },
  sql: `select o.currency_code as "currencyCode", o.tax_included as "taxIncluded", tax.order_line_id as "lineId",
      tax.code, tax.rate_ppm as "ratePpm", tax.taxable_minor as "taxableMinor", tax.amount_minor as "amountMinor"
    from sales_order o
    left join order_adjustment tax on tax.order_id = o.id and tax.kind = 'tax'
    left join order_line line on line.id = tax.order_line_id
    where o.id = :orderId
    order by line.position, tax.code, tax.id`,
});

/**
 * The taxes of an order by code and rate, and of each of its lines, as an invoice lists them: net and tax of a row make
 * its gross. What was not taxed where other things were is in rows `exempt` at 0. In one statement.
 *
 * @throws UserError `invalid-input`, `order-not-found`
 */
export async function taxBreakdown(em: EntityManager, input: z.input<typeof request>): Promise<TaxBreakdown> {
  const { orderId } = parseInput(request, input);
  const found = await selectTaxes(em, { orderId });
  const [order] = found;
  if (order === undefined) throw new UserError('order-not-found', `There is no order ${orderId}.`);
  const taxes = found.flatMap(({ code, amountMinor, ...tax }) =>
    code === null || amountMinor === null ? [] : [{ ...tax, code, amountMinor }],
  );
  const ofLines = Map.groupBy(taxes, ({ lineId }) => lineId);
  return {
    currencyCode: order.currencyCode,
    taxIncluded: order.taxIncluded,
    rows: breakDownTaxes(taxes),
    lines: [...ofLines].flatMap(([lineId, taxes]) =>
      lineId === null ? [] : [{ lineId, rows: breakDownTaxes(taxes) }],
    ),
  };
}
