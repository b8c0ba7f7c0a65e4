import { UserError } from '@ecommerce-dms/errors';
import {
  type Choice,
  loadVocabulary,
  permutation,
  type Random,
  Uuid,
  type Vocabulary,
  zipfChoice,
} from '@ecommerce-dms/seeder';
import type { ClientBase } from 'pg';
import { readCoupons, type SeedCoupon } from './coupons.ts';
import { shopCalendar } from './shop-calendar.ts';

/** A variant that is for sale. */
export interface SeedVariant {
  id: Uuid;
  sku: string | null;
  productTitle: string;
  title: string;
  priceMinor: number;
  taxable: boolean;
  hasLevel: boolean;
}

/** What the generators know: the shop as it was found, and the sizes of the plan. */
export interface ShopContext {
  random: Random;
  words: Vocabulary;
  /** The present, in ms: nothing is later. */
  atMs: number;
  /** From a position of 0 to 1 in the history to a moment. */
  time: (position: number) => number;
  orders: number;
  customers: number;
  /** Carts that led to no order. */
  abandonedCarts: number;
  /** Carts that customers are filling now. */
  openCarts: number;
  currency: string;
  /** Minor units of one unit of the currency. */
  minorPerUnit: number;
  variants: readonly SeedVariant[];
  /** Position in `variants`; few sell much. */
  popularity: Choice;
  coupons: readonly SeedCoupon[];
  /** Those of them that the shop does not have. */
  newCoupons: readonly SeedCoupon[];
  /** The warehouse of all orders. */
  location: Uuid;
  isNewLocation: boolean;
  firstOrderNumber: number;
  /** Part of what is unique to a customer, such as the e-mail address. */
  firstCustomerNumber: number;
  /** The ids of the ledgers start above these. */
  last: { history: number; movement: number; outbox: number; audit: number };
  /** First id of the orders' stock movements; the ids between the last one and this are for receipts. */
  firstMovement: number;
  /** Months (`YYYY_MM`, UTC) for which the audit log has a partition. */
  auditMonths: ReadonlySet<string>;
}

/** A product sells less, the further back it is in the list. */
const ZIPF_EXPONENT = 0.9;

/** One for each of the 25 months that the history touches, and one for what is promised. */
const RECEIPTS_A_VARIANT = 26;

/** Reads the catalog and the ends of all sequences. Throws a UserError if nothing is for sale. */
export async function readShop(
  client: ClientBase,
  random: Random,
  options: { orders: number; atMs: number },
): Promise<ShopContext> {
  const { orders, atMs } = options;
  const { currency, exponent } = await readCurrency(client, atMs);
  const location = await readLocation(client);
  const locationId = location ?? random.draw('stock_location', 0).uuid7(atMs);
  const variants = await readVariants(client, currency, locationId, atMs);
  const ends = await readEnds(client);
  const minorPerUnit = 10 ** exponent;
  const shuffle = permutation(random.key('popularity'), variants.length);
  return {
    random,
    words: await loadVocabulary(),
    atMs,
    time: shopCalendar(atMs),
    orders,
    customers: Math.ceil(orders * 0.35),
    abandonedCarts: Math.ceil(orders * 0.5),
    openCarts: Math.ceil(orders * 0.015),
    currency,
    minorPerUnit,
    ...(await readCoupons(client, random, { atMs, minorPerUnit })),
    variants: variants.map((_, i) => variants[shuffle(i)] as SeedVariant),
    popularity: zipfChoice(variants.length, ZIPF_EXPONENT),
    location: locationId,
    isNewLocation: location === undefined,
    ...ends,
    firstMovement: ends.last.movement + variants.length * RECEIPTS_A_VARIANT + 1,
    auditMonths: await readAuditMonths(client),
  };
}

/** The currency in which most variants have a price. */
async function readCurrency(
  client: ClientBase,
  atMs: number,
): Promise<{ currency: string; exponent: number }> {
  const { rows } = await client.query<{ currency: string; exponent: number }>(
    `select code as currency, exponent from price join currency on code = currency_code
      where price_list_code = 'base' and valid @> greatest(now(), $1)
      group by code, exponent order by count(*) desc, code limit 1`,
    [new Date(atMs)],
  );
  if (rows[0] === undefined) {
    throw new UserError('empty-catalog', 'There is nothing to sell: no variant has a current base price.', {
      hint: 'Import a catalog first.',
    });
  }
  return rows[0];
}

/** The active location with the most stock levels. */
async function readLocation(client: ClientBase): Promise<Uuid | undefined> {
  const { rows } = await client.query<{ id: string }>(
    `select id from stock_location left join stock_level on location_id = id where active
      group by id, code order by count(variant_id) desc, code limit 1`,
  );
  return rows[0] && Uuid.parse(rows[0].id);
}

/** Ordered by what the catalog says, not by ids: a catalog that is imported anew sells alike. */
async function readVariants(
  client: ClientBase,
  currency: string,
  location: Uuid,
  atMs: number,
): Promise<SeedVariant[]> {
  const { rows } = await client.query<Omit<SeedVariant, 'id'> & { id: string }>(
    `select v.id, v.sku, p.title as "productTitle", v.title, v.taxable, amount_minor::float8 as "priceMinor",
            exists (select from stock_level l where l.variant_id = v.id and l.location_id = $2) as "hasLevel"
       from product_variant v
       join product p on p.id = v.product_id and p.deleted_at is null and p.status = 'active'
       join price on variant_id = v.id and price_list_code = 'base' and currency_code = $1
        and valid @> greatest(now(), $3)
      where v.deleted_at is null
      order by p.handle, v.position, v.option_values::text, v.id`,
    [currency, location.toString(), new Date(atMs)],
  );
  if (rows.length === 0) {
    throw new UserError(
      'empty-catalog',
      `There is nothing to sell: no active product has a price in ${currency}.`,
      {
        hint: 'Import a catalog with active products first.',
      },
    );
  }
  return rows.map((row) => ({ ...row, id: Uuid.parse(row.id) }));
}

async function readEnds(
  client: ClientBase,
): Promise<Pick<ShopContext, 'firstOrderNumber' | 'firstCustomerNumber' | 'last'>> {
  const { rows } = await client.query<{ number: number; customer: number } & ShopContext['last']>(
    `select greatest((select seqstart from pg_sequence where seqrelid = 'sales_order_number_seq'::regclass),
                     (select max(number) + 1 from sales_order))::float8 as number,
            (select count(*) + 1 from customer)::float8 as customer,
            (select coalesce(max(id), 0) from order_status_history)::float8 as history,
            (select coalesce(max(id), 0) from stock_movement)::float8 as movement,
            (select coalesce(max(id), 0) from outbox_event)::float8 as outbox,
            (select coalesce(max(id), 0) from audit_log)::float8 as audit`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('A query of aggregates has one row.');
  const { number, customer, ...last } = row;
  return { firstOrderNumber: number, firstCustomerNumber: customer, last };
}

async function readAuditMonths(client: ClientBase): Promise<Set<string>> {
  const { rows } = await client.query<{ month: string }>(
    `select right(relname, 7) as month from pg_inherits join pg_class on oid = inhrelid
      where inhparent = 'audit_log'::regclass`,
  );
  return new Set(rows.map((row) => row.month));
}
