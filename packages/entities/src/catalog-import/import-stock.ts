import { UserError } from '@ecommerce-dms/errors';
import type { ClientBase } from 'pg';
import { bool, int4, json, text, uuid, uuidArray } from '../runtime/sql-type.ts';
import { onlyRow, statement } from '../runtime/statement.ts';
import { slug } from '../catalog/slug.ts';
import type { ImportedVariant, MissingVariant } from './import-variants.ts';
import { planStock, unlimitedBackorder } from './plan-stock.ts';

export interface StockReport {
  /** Variants that received their first stock. */
  received: number;
  /** Variants whose quantity changed since the last import. */
  adjusted: number;
  unchanged: number;
  /** Reductions that could not be made in full, because the stock is sold or reserved. */
  short: (MissingVariant & { units: number })[];
}

/** Marks the movements of imports in the ledger. Their sum is the quantity of the last import. */
const note = 'catalog import';

// In the order in which checkouts lock levels, so that they do not deadlock.
const lockLevels = statement({
  params: { locationId: uuid, variantIds: uuidArray },
  row: { variantId: uuid, onHand: int4, reserved: int4, backorderLimit: int4 },
  sql: `select variant_id as "variantId", on_hand as "onHand", reserved, backorder_limit as "backorderLimit"
    from stock_level
    where location_id = :locationId and variant_id = any (:variantIds)
    order by variant_id for update`,
});

/** Sets the levels of one location to the quantities in the file, with a movement in the ledger for each change. */
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
      const limit = backorder === undefined ? level?.backorderLimit : backorder ? unlimitedBackorder : 0;
      const same = (quantity ?? importedQuantity) === importedQuantity && limit === level?.backorderLimit;
      const statement = { quantity, importedQuantity, backorder };
      return same ? [] : [[id, { ...rest, statement, received: level?.received ?? false }] as const];
    }),
  );
  const levels = await lockLevels(client, { locationId, variantIds: [...stated.keys()] });
  const report: StockReport = { received, adjusted: 0, unchanged: 0, short: [] };
  const changes: object[] = [];
  for (const { variantId, ...before } of levels) {
    const entry = stated.get(variantId);
    if (entry === undefined) continue;
    const after = planStock(before, entry.statement);
    const quantity = after.onHand - before.onHand;
    if (after.short > 0) {
      const { product, sku, optionValues } = entry;
      report.short.push({ handle: product.handle, sku, optionValues, units: after.short });
    }
    if (quantity === 0 && after.backorderLimit === before.backorderLimit) continue;
    const kind = quantity > 0 && !entry.received ? 'receipt' : 'adjustment';
    if (quantity !== 0) report[kind === 'receipt' ? 'received' : 'adjusted']++;
    changes.push({ variant_id: variantId, quantity, kind, backorder_limit: after.backorderLimit });
  }
  await updateLevels(client, { changes, locationId });
  await insertMovements(client, { changes, locationId, note });
  report.unchanged = variants.length - report.received - report.adjusted;
  return report;
}

const insertLocation = statement({
  params: { code: text },
  sql: 'insert into stock_location (code, name) values (:code, :code) on conflict (code) do nothing',
});

const findLocation = statement({
  params: { code: text },
  row: { id: uuid },
  sql: 'select id from stock_location where code = :code',
});

async function ensureLocation(client: ClientBase, code: string): Promise<string> {
  if (!slug.safeParse(code).success) {
    throw new UserError('invalid-settings', `${JSON.stringify(code)} is not the code of a stock location.`, {
      hint: 'A code has lower-case letters, digits and hyphens: main, berlin-2.',
    });
  }
  await insertLocation(client, { code });
  return onlyRow(await findLocation(client, { code })).id;
}

const insertLevels = statement({
  params: { levels: json(), locationId: uuid, note: text },
  row: { received: int4 },
  sql: `with created as (
      insert into stock_level (variant_id, location_id, on_hand, backorder_limit)
      select s.variant_id, :locationId, s.on_hand, s.backorder_limit
      from json_to_recordset(:levels) as s (variant_id uuid, on_hand integer, backorder_limit integer)
      where not exists (select from stock_level l where l.variant_id = s.variant_id and l.location_id = :locationId)
      order by s.variant_id
      on conflict (variant_id, location_id) do nothing
      returning variant_id, location_id, on_hand
    ), received as (
      insert into stock_movement (variant_id, location_id, kind, quantity, note)
      select variant_id, location_id, 'receipt', on_hand, :note from created where on_hand > 0
      returning id
    )
    select count(*)::integer as received from received`,
});

/** Creates missing levels, with their stock and its receipt; returns how many received stock. */
async function createLevels(
  client: ClientBase,
  variants: readonly ImportedVariant[],
  locationId: string,
): Promise<number> {
  const levels = variants.map(({ id, variant: { quantity, backorder } }) => ({
    variant_id: id,
    on_hand: quantity ?? 0,
    backorder_limit: backorder === true ? unlimitedBackorder : 0,
  }));
  return onlyRow(await insertLevels(client, { levels, locationId, note })).received;
}

const selectImportedLevels = statement({
  params: { variantIds: uuidArray, locationId: uuid, note: text },
  row: { variantId: uuid, backorderLimit: int4, imported: int4, received: bool },
  sql: `select l.variant_id as "variantId", l.backorder_limit as "backorderLimit",
      coalesce(sum(m.quantity), 0)::integer as imported, count(m.id) > 0 as received
    from stock_level l
    left join stock_movement m
      on m.variant_id = l.variant_id and m.location_id = l.location_id and m.note = :note
    where l.location_id = :locationId and l.variant_id = any (:variantIds)
    group by l.variant_id, l.location_id`,
});

/** Reads what imports have added to each level. */
async function importedLevels(client: ClientBase, variants: readonly ImportedVariant[], locationId: string) {
  const variantIds = variants.map(({ id }) => id);
  const rows = await selectImportedLevels(client, { variantIds, locationId, note });
  return new Map(rows.map((row) => [row.variantId, row]));
}

const staged = `json_to_recordset(:changes) as s (variant_id uuid, quantity integer, kind text,
  backorder_limit integer)`;

const updateLevels = statement({
  params: { changes: json(), locationId: uuid },
  sql: `update stock_level l set on_hand = l.on_hand + s.quantity, backorder_limit = s.backorder_limit
    from ${staged} where l.variant_id = s.variant_id and l.location_id = :locationId`,
});

const insertMovements = statement({
  params: { changes: json(), locationId: uuid, note: text },
  sql: `insert into stock_movement (variant_id, location_id, kind, quantity, note)
    select s.variant_id, :locationId, s.kind, s.quantity, :note from ${staged} where s.quantity <> 0`,
});
