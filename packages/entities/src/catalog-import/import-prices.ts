import type { ClientBase } from 'pg';
import { bool, int8, json, nullable, text, timestamptzText, uuid } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { ImportedVariant } from './import-variants.ts';

export interface PriceReport {
  opened: number;
  closed: number;
  unchanged: number;
}

// `until`: when the next known price begins.
const closePrices = statement({
  params: { prices: json(), currency: text, at: timestamptzText },
  row: {
    variant_id: uuid,
    amount_minor: int8,
    compare_at_minor: nullable(int8),
    until: nullable(text),
    had_price: bool,
    replaced: bool,
  },
  sql: `with compared as (
      select s.variant_id, s.amount_minor, c.id, c.valid, c.amount_minor as old_amount,
        c.compare_at_minor as old_compare_at,
        case when not s.keep_compare_at then s.compare_at_minor
             when c.compare_at_minor >= s.amount_minor then c.compare_at_minor end as compare_at_minor
      from json_to_recordset(:prices) as s (variant_id uuid, amount_minor bigint, compare_at_minor bigint,
        keep_compare_at boolean)
      left join price c on c.variant_id = s.variant_id and c.price_list_code = 'base' and c.currency_code = :currency
        and c.valid @> :at::timestamptz
    ), changed as materialized (
      select * from compared
      where id is null or (amount_minor, compare_at_minor) is distinct from (old_amount, old_compare_at)
    ), ended as (
      update price p set valid = tstzrange(lower(p.valid), :at)
      from changed c where p.id = c.id and lower(p.valid) < :at
    ), corrected as (
      update price p set amount_minor = c.amount_minor, compare_at_minor = c.compare_at_minor
      from changed c where p.id = c.id and lower(p.valid) = :at
    )
    select variant_id, amount_minor, compare_at_minor, id is not null as had_price,
      coalesce(lower(valid) = :at, false) as replaced,
      case when id is not null then upper(valid)
           else (select min(lower(n.valid)) from price n
                 where n.variant_id = changed.variant_id and n.price_list_code = 'base' and n.currency_code = :currency
                   and lower(n.valid) > :at) end::text as until
    from changed`,
});

const insertPrices = statement({
  params: { prices: json(), currency: text, at: timestamptzText },
  sql: `insert into price (variant_id, currency_code, amount_minor, compare_at_minor, valid)
    select s.variant_id, :currency, s.amount_minor, s.compare_at_minor, tstzrange(:at, s.until)
    from json_to_recordset(:prices) as s (variant_id uuid, amount_minor bigint, compare_at_minor bigint,
      until timestamptz)`,
});

/**
 * Ends the base prices that differ at `at`, and begins the new ones there: without a gap or an overlap, until the old
 * one would have ended or the next one begins. A price that began at that very instant is corrected.
 */
export async function importPrices(
  client: ClientBase,
  variants: readonly ImportedVariant[],
  { currency, at }: { currency: string; at: string },
): Promise<PriceReport> {
  const prices = variants.map(({ id, variant }) => ({
    variant_id: id,
    amount_minor: variant.priceMinor,
    compare_at_minor: variant.compareAtPriceMinor,
    keep_compare_at: variant.compareAtPriceMinor === undefined,
  }));
  const changes = await closePrices(client, { prices, currency, at });
  await insertPrices(client, { prices: changes.filter(({ replaced }) => !replaced), currency, at });
  return {
    opened: changes.length,
    closed: changes.filter(({ had_price }) => had_price).length,
    unchanged: variants.length - changes.length,
  };
}
