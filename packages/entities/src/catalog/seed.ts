import { UserError } from '@ecommerce-dms/errors';
import {
  type Choice,
  type Draw,
  permutation,
  type Random,
  Uuid,
  weightedChoice,
  zipfChoice,
} from '@ecommerce-dms/seeder';
import type { ClientBase } from 'pg';
import { bool, float8, int2, nullable, text, timestamptz, uuid } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';

/** A variant that is for sale. */
export interface SeedVariant {
  id: Uuid;
  sku: string | null;
  productTitle: string;
  title: string;
  priceMinor: number;
  taxable: boolean;
}

/** The catalog as it was found. */
export interface CatalogContext {
  currency: string;
  /** Minor units of one unit of the currency. */
  minorPerUnit: number;
  /** Whether prices of base include taxes. */
  taxIncluded: boolean;
  variants: readonly SeedVariant[];
  /** Position in `variants`; few sell much. */
  popularity: Choice;
}

/** The further back in the list, the less a product sells. */
const zipfExponent = 0.9;

/** Of 1 to 6 lines, and of 1 to 4 units a line. */
const lineCount = weightedChoice([52, 26, 12, 6, 3, 1]);
const quantity = weightedChoice([82, 13, 3, 2]);

/** Variants, each once, with how many units. */
export function drawVariants(
  draw: Draw,
  { variants, popularity }: CatalogContext,
): { variant: SeedVariant; quantity: number }[] {
  const chosen = new Map<SeedVariant, number>();
  for (let n = lineCount.draw(draw); n >= 0; n--) {
    const variant = variants[popularity.draw(draw)] as SeedVariant;
    chosen.set(variant, quantity.draw(draw) + 1);
  }
  return [...chosen].map(([variant, quantity]) => ({ variant, quantity }));
}

/** @throws UserError `nothing-for-sale` */
export async function readCatalogContext(
  client: ClientBase,
  random: Random,
  atMs: number,
): Promise<CatalogContext> {
  const { currency, exponent, taxIncluded } = await readCurrency(client, atMs);
  const variants = await readVariants(client, currency, atMs);
  const shuffle = permutation(random.key('popularity'), variants.length);
  return {
    currency,
    taxIncluded,
    minorPerUnit: 10 ** exponent,
    variants: variants.map((_, i) => variants[shuffle(i)] as SeedVariant),
    popularity: zipfChoice(variants.length, zipfExponent),
  };
}

const selectCurrency = statement({
  params: { at: timestamptz },
  row: { currency: text, exponent: int2, taxIncluded: bool },
  sql: `select code as currency, exponent, tax_included as "taxIncluded" from price join currency on code = currency_code
    where price_list_code = 'base' and valid @> greatest(now(), :at)
    group by code order by count(*) desc, code limit 1`,
});

/** The currency in which most variants have a price. */
async function readCurrency(
  client: ClientBase,
  atMs: number,
): Promise<{ currency: string; exponent: number; taxIncluded: boolean }> {
  const [found] = await selectCurrency(client, { at: new Date(atMs) });
  if (found === undefined) {
    throw nothingForSale('no variant has a current base price');
  }
  return found;
}

const selectVariants = statement({
  params: { currency: text, at: timestamptz },
  row: {
    id: uuid,
    sku: nullable(text),
    productTitle: text,
    title: text,
    taxable: bool,
    priceMinor: float8,
  },
  sql: `select v.id, v.sku, p.title as "productTitle", v.title, v.taxable, amount_minor::float8 as "priceMinor"
    from product_variant v
    join product p on p.id = v.product_id and p.deleted_at is null and p.status = 'active'
    join price on variant_id = v.id and price_list_code = 'base' and currency_code = :currency
      and valid @> greatest(now(), :at)
    where v.deleted_at is null
    order by p.handle, v.position, v.option_values::text, v.id`,
});

/** In the order of the catalog, not of ids: the same catalog, imported again, sells alike. */
async function readVariants(client: ClientBase, currency: string, atMs: number): Promise<SeedVariant[]> {
  const rows = await selectVariants(client, { currency, at: new Date(atMs) });
  if (rows.length === 0) {
    throw nothingForSale(`no active product has a price in ${currency}`);
  }
  return rows.map((row) => ({ ...row, id: Uuid.parse(row.id) }));
}

function nothingForSale(reason: string): UserError {
  const hint = 'Import a catalog with active products first.';
  return new UserError('nothing-for-sale', `There is nothing to sell: ${reason}.`, { hint });
}
