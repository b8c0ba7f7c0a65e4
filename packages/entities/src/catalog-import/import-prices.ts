import type { ClientBase } from 'pg';
import type { ImportedVariant } from './import-variants.ts';

export interface PriceReport {
  opened: number;
  closed: number;
  unchanged: number;
}

interface ChangedPrice {
  variant_id: string;
  amount_minor: string;
  compare_at_minor: string | null;
  /** When the next known price begins. */
  until: string | null;
  had_price: boolean;
  replaced: boolean;
}

/**
 * Ends the base prices that differ at `at`, and begins the new ones there: without a gap, without an overlap, up to
 * where the old one would have ended or the next one begins. A price that began at that very instant is corrected.
 */
export async function importPrices(
  client: ClientBase,
  variants: readonly ImportedVariant[],
  { currency, at }: { currency: string; at: string },
): Promise<PriceReport> {
  const rows = variants.map(({ id, variant }) => ({
    variant_id: id,
    amount_minor: String(variant.priceMinor),
    compare_at_minor:
      typeof variant.compareAtPriceMinor === 'bigint' ? String(variant.compareAtPriceMinor) : null,
    keep_compare_at: variant.compareAtPriceMinor === undefined,
  }));
  const changes = await client.query<ChangedPrice>(
    `with compared as (
       select s.variant_id, s.amount_minor, c.id, c.valid, c.amount_minor as old_amount,
         c.compare_at_minor as old_compare_at,
         case when not s.keep_compare_at then s.compare_at_minor
              when c.compare_at_minor >= s.amount_minor then c.compare_at_minor end as compare_at_minor
       from json_to_recordset($1::json) as s (variant_id uuid, amount_minor bigint, compare_at_minor bigint,
         keep_compare_at boolean)
       left join price c on c.variant_id = s.variant_id and c.price_list_code = 'base' and c.currency_code = $2
         and c.valid @> $3::timestamptz
     ), changed as materialized (
       select * from compared
       where id is null or (amount_minor, compare_at_minor) is distinct from (old_amount, old_compare_at)
     ), ended as (
       update price p set valid = tstzrange(lower(p.valid), $3)
       from changed c where p.id = c.id and lower(p.valid) < $3
     ), corrected as (
       update price p set amount_minor = c.amount_minor, compare_at_minor = c.compare_at_minor
       from changed c where p.id = c.id and lower(p.valid) = $3
     )
     select variant_id, amount_minor, compare_at_minor, id is not null as had_price,
       coalesce(lower(valid) = $3, false) as replaced,
       case when id is not null then upper(valid)
            else (select min(lower(n.valid)) from price n
                  where n.variant_id = changed.variant_id and n.price_list_code = 'base' and n.currency_code = $2
                    and lower(n.valid) > $3) end::text as until
     from changed`,
    [JSON.stringify(rows), currency, at],
  );
  const opened = changes.rows.filter(({ replaced }) => !replaced);
  await client.query(
    `insert into price (variant_id, currency_code, amount_minor, compare_at_minor, valid)
     select s.variant_id, $2, s.amount_minor, s.compare_at_minor, tstzrange($3, s.until)
     from json_to_recordset($1::json) as s (variant_id uuid, amount_minor bigint, compare_at_minor bigint,
       until timestamptz)`,
    [JSON.stringify(opened), currency, at],
  );
  return {
    opened: changes.rows.length,
    closed: changes.rows.filter(({ had_price }) => had_price).length,
    unchanged: variants.length - changes.rows.length,
  };
}
