import { UserError } from '@ecommerce-dms/errors';
import type { ClientBase } from 'pg';
import type { ImportedVariant, MissingVariant } from './import-variants.ts';
import { planStock, unlimitedBackorder } from './plan-stock.ts';

export interface StockReport {
  /** Variants whose first stock came in. */
  received: number;
  /** Variants whose quantity changed since the last import. */
  adjusted: number;
  unchanged: number;
  /** Reductions that could not be made in full, because the stock is sold or reserved. */
  short: (MissingVariant & { units: number })[];
}

/** Marks the movements of imports in the ledger. Their sum is the quantity of the last import. */
const note = 'catalog import';

interface ImportedLevel {
  variant_id: string;
  backorder_limit: number;
  imported: number;
  received: boolean;
}

interface LockedLevel {
  variant_id: string;
  on_hand: number;
  reserved: number;
  backorder_limit: number;
}

/** Brings the levels of one location to the file's quantities, each change with its movement in the ledger. */
export async function importStock(
  client: ClientBase,
  variants: readonly ImportedVariant[],
  location: string,
): Promise<StockReport> {
  const locationId = await ensureLocation(client, location);
  const received = await createLevels(client, variants, locationId);
  const imported = await importedLevels(client, variants, locationId);
  const stated = new Map(
    variants.flatMap(({ id, variant: { quantity, backorder }, ...rest }) => {
      const level = imported.get(id);
      const importedQuantity = level?.imported ?? 0;
      const limit = backorder === undefined ? level?.backorder_limit : backorder ? unlimitedBackorder : 0;
      const same = (quantity ?? importedQuantity) === importedQuantity && limit === level?.backorder_limit;
      const statement = { quantity, importedQuantity, backorder };
      return same ? [] : [[id, { ...rest, statement, received: level?.received ?? false }] as const];
    }),
  );
  // In the order in which checkouts lock levels, so that neither waits for the other in a circle.
  const levels = await client.query<LockedLevel>(
    `select variant_id, on_hand, reserved, backorder_limit from stock_level
     where location_id = $1 and variant_id = any ($2::uuid[])
     order by variant_id for update`,
    [locationId, [...stated.keys()]],
  );
  const report: StockReport = { received, adjusted: 0, unchanged: 0, short: [] };
  const changes: object[] = [];
  for (const level of levels.rows) {
    const entry = stated.get(level.variant_id);
    if (entry === undefined) continue;
    const before = { onHand: level.on_hand, reserved: level.reserved, backorderLimit: level.backorder_limit };
    const after = planStock(before, entry.statement);
    const quantity = after.onHand - before.onHand;
    if (after.short > 0) {
      const { product, sku, optionValues } = entry;
      report.short.push({
        handle: product.handle,
        sku,
        optionValues,
        units: after.short,
      });
    }
    if (quantity === 0 && after.backorderLimit === before.backorderLimit) continue;
    const kind = quantity > 0 && !entry.received ? 'receipt' : 'adjustment';
    if (quantity !== 0) report[kind === 'receipt' ? 'received' : 'adjusted']++;
    changes.push({ variant_id: level.variant_id, quantity, kind, backorder_limit: after.backorderLimit });
  }
  await applyChanges(client, locationId, changes);
  report.unchanged = variants.length - report.received - report.adjusted;
  return report;
}

async function ensureLocation(client: ClientBase, code: string): Promise<string> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(code)) {
    throw new UserError('bad-location', `${JSON.stringify(code)} is not the code of a stock location.`, {
      hint: 'A code has lower-case letters, digits and hyphens: main, berlin-2.',
      exitCode: 2,
    });
  }
  await client.query(
    'insert into stock_location (code, name) values ($1, $1) on conflict (code) do nothing',
    [code],
  );
  const { rows } = await client.query<{ id: string }>('select id from stock_location where code = $1', [
    code,
  ]);
  return rows[0]?.id ?? '';
}

/** Creates the levels that are lacking, with their stock and its receipt; returns how many received any. */
async function createLevels(
  client: ClientBase,
  variants: readonly ImportedVariant[],
  locationId: string,
): Promise<number> {
  const rows = variants.map(({ id, variant: { quantity, backorder } }) => ({
    variant_id: id,
    on_hand: quantity ?? 0,
    backorder_limit: backorder === true ? unlimitedBackorder : 0,
  }));
  const { rowCount } = await client.query(
    `with created as (
       insert into stock_level (variant_id, location_id, on_hand, backorder_limit)
       select s.variant_id, $2, s.on_hand, s.backorder_limit
       from json_to_recordset($1::json) as s (variant_id uuid, on_hand integer, backorder_limit integer)
       where not exists (select from stock_level l where l.variant_id = s.variant_id and l.location_id = $2)
       order by s.variant_id
       on conflict (variant_id, location_id) do nothing
       returning variant_id, location_id, on_hand
     )
     insert into stock_movement (variant_id, location_id, kind, quantity, note)
     select variant_id, location_id, 'receipt', on_hand, $3 from created where on_hand > 0`,
    [JSON.stringify(rows), locationId, note],
  );
  return rowCount ?? 0;
}

/** Reads what imports have put into each level. */
async function importedLevels(
  client: ClientBase,
  variants: readonly ImportedVariant[],
  locationId: string,
): Promise<Map<string, ImportedLevel>> {
  const { rows } = await client.query<ImportedLevel>(
    `select l.variant_id, l.backorder_limit, coalesce(sum(m.quantity), 0)::integer as imported,
       count(m.id) > 0 as received
     from stock_level l
     left join stock_movement m on m.variant_id = l.variant_id and m.location_id = l.location_id and m.note = $3
     where l.location_id = $2 and l.variant_id = any ($1::uuid[])
     group by l.variant_id, l.location_id`,
    [variants.map(({ id }) => id), locationId, note],
  );
  return new Map(rows.map((row) => [row.variant_id, row]));
}

async function applyChanges(
  client: ClientBase,
  locationId: string,
  changes: readonly object[],
): Promise<void> {
  const staged = `json_to_recordset($1::json) as s (variant_id uuid, quantity integer, kind text,
    backorder_limit integer)`;
  await client.query(
    `update stock_level l set on_hand = l.on_hand + s.quantity, backorder_limit = s.backorder_limit
     from ${staged} where l.variant_id = s.variant_id and l.location_id = $2`,
    [JSON.stringify(changes), locationId],
  );
  await client.query(
    `insert into stock_movement (variant_id, location_id, kind, quantity, note)
     select s.variant_id, $2, s.kind, s.quantity, $3 from ${staged} where s.quantity <> 0`,
    [JSON.stringify(changes), locationId, note],
  );
}
