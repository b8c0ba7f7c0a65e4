import { type Emit, type Random, Uuid } from '@ecommerce-dms/seeder';
import type { ClientBase } from 'pg';
import { uuid } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import type { CatalogContext } from '../catalog/seed.ts';
import type { SeedContext } from '../seed-context/seed-context.ts';

/** The columns that the plan fills; the others get the defaults of the schema. */
export const inventoryTables = {
  stock_location: ['id', 'code', 'name', 'created_at'],
  stock_level: ['variant_id', 'location_id'],
} as const;

/** The warehouse that all orders come from. */
export interface InventoryContext {
  location: Uuid;
  isNewLocation: boolean;
  /** Ids of the variants with a level there. */
  stockedVariants: ReadonlySet<string>;
}

const listStockedVariants = statement({
  params: { locationId: uuid },
  row: { id: uuid },
  sql: 'select variant_id as id from stock_level where location_id = :locationId',
});

export async function readInventoryContext(
  client: ClientBase,
  random: Random,
  atMs: number,
): Promise<InventoryContext> {
  const found = await readLocation(client);
  const location = found ?? random.draw('stock_location', 0).uuid7(atMs);
  const stocked = await listStockedVariants(client, { locationId: location.toString() });
  return {
    location,
    isNewLocation: found === undefined,
    stockedVariants: new Set(stocked.map(({ id }) => id)),
  };
}

const selectLocation = statement({
  row: { id: uuid },
  sql: `select id from stock_location left join stock_level on location_id = id where active
    group by id, code order by count(variant_id) desc, code limit 1`,
});

/** The active location with the most stock levels. */
async function readLocation(client: ClientBase): Promise<Uuid | undefined> {
  const [location] = await selectLocation(client, {});
  return location && Uuid.parse(location.id);
}

/** The warehouse, if there is none, and a level for each variant without one there; `finishStock` fills it. */
export function generateStock(
  index: number,
  emit: Emit<typeof inventoryTables>,
  context: SeedContext & CatalogContext & InventoryContext,
): void {
  const { isNewLocation, location, atMs, variants, stockedVariants } = context;
  if (index === 0 && isNewLocation) {
    emit.stock_location({ id: location, code: 'main', name: 'Main warehouse', created_at: atMs });
  }
  const variant = variants[index];
  if (variant !== undefined && !stockedVariants.has(variant.id.toString())) {
    emit.stock_level({ variant_id: variant.id, location_id: location });
  }
}
