import { paginateGetProducts, PricingClient } from '@aws-sdk/client-pricing';
import { UserError } from '@ecommerce-dms/errors';
import type { Price, RegionPrices } from '@ecommerce-dms/stack';
import { type ListedProduct, parseListedProduct } from './listed-product.ts';
import { type UsagePrice, usagePrices } from './usage-prices.ts';

export interface FetchedPrices {
  readonly prices: RegionPrices;
  /** What AWS's list did not have as we know it; it keeps the price that it had. */
  readonly missing: readonly { readonly key: string; readonly reason: string }[];
}

/** The Pricing API answers for all regions, in few of them. */
const apiRegion = 'us-east-1';

const classUsages = [
  { engine: 'PostgreSQL', usage: 'InstanceUsage:', key: 'rds.instance.' },
  { engine: 'PostgreSQL', usage: 'Multi-AZClusterUsage:', key: 'rds.cluster.' },
  { engine: 'Aurora PostgreSQL', usage: 'InstanceUsage:', key: 'aurora.instance.' },
  { engine: 'Aurora PostgreSQL', usage: 'InstanceUsageIOOptimized:', key: 'aurora.instance.io-optimized.' },
] as const;

/**
 * Asks AWS's price list (GetProducts) for everything that `estimateCost` can price in a region. On demand, the
 * first tier, no free tier. It needs credentials with `pricing:GetProducts`.
 *
 * @param options.today day that is written beside each price, `2026-11-22`
 * @throws UserError `prices-unavailable`: AWS does not answer, or lists no class in the region.
 * @example
 * ```ts
 * const { prices, missing } = await fetchPrices('eu-west-1', { today: '2026-11-22' });
 * for (const { key, reason } of missing) console.warn(`${key} keeps its price: ${reason}`);
 * ```
 */
export async function fetchPrices(
  region: string,
  options: { today: string; signal?: AbortSignal },
): Promise<FetchedPrices> {
  const list = new PriceListReader(region, options.signal);
  try {
    const classes = await classPrices(list, options.today);
    const prices: Record<string, Price> = { ...classes.prices };
    const missing: { key: string; reason: string }[] = [];
    for (const usagePrice of usagePrices) {
      const found = await list.find(usagePrice, classes.usagePrefix);
      if (typeof found === 'string') missing.push({ key: usagePrice.key, reason: found });
      else prices[usagePrice.key] = toPrice(found, usagePrice.per, options.today, usagePrice.factor);
    }
    return { prices: { ...prices, ...snapshotPrices(prices['rds.backup']) }, missing };
  } finally {
    list.close();
  }
}

/** Prices of all instance classes, and the prefix of the region's usage types, which they show. */
async function classPrices(
  list: PriceListReader,
  today: string,
): Promise<{ prices: Record<string, Price>; usagePrefix: string }> {
  const prices: Record<string, Price> = {};
  let usagePrefix: string | undefined;
  for (const engine of new Set(classUsages.map((one) => one.engine))) {
    const products = await list.products('AmazonRDS', {
      productFamily: 'Database Instance',
      databaseEngine: engine,
    });
    for (const product of products) {
      const { usagetype = '', instanceType } = product.attributes;
      const match = /^(?:([A-Z0-9]+-))?((?:Multi-AZCluster|Instance)Usage(?:IOOptimized)?:)db\./.exec(
        usagetype,
      );
      const [, prefix = '', usage] = match ?? [];
      const known = classUsages.find((one) => one.engine === engine && one.usage === usage);
      if (known === undefined || instanceType === undefined) continue;
      usagePrefix = prefix;
      if (product.usd <= 0) continue;
      prices[`${known.key}${instanceType}`] = toPrice(product, 'hour', today);
    }
  }
  if (usagePrefix === undefined) {
    throw new UserError('prices-unavailable', `AWS lists no class of RDS for PostgreSQL in ${list.region}.`, {
      hint: 'Is this the name of a region?',
    });
  }
  return { prices, usagePrefix };
}

/** AWS Backup asks as much for its snapshots of a database as RDS does for its own. */
function snapshotPrices(backup: Price | undefined): Record<string, Price> {
  if (backup === undefined) return {};
  const price: Price = {
    ...backup,
    source: `the price of RDS snapshots: ${backup.source}`,
    quality: 'derived',
  };
  return { 'backup.storage': price, 'backup.copy': price };
}

function toPrice({ usd, sku }: ListedProduct, per: Price['per'], today: string, factor = 1): Price {
  // Prices have at most ten decimals; a product of two floats may show more.
  const rounded = Number((usd * factor).toFixed(10));
  return { usd: rounded, per, source: `AWS price list, SKU ${sku}, ${today}`, quality: 'price list' };
}

class PriceListReader {
  readonly region: string;
  readonly #signal: AbortSignal | undefined;
  readonly #client = new PricingClient({ region: apiRegion });

  constructor(region: string, signal: AbortSignal | undefined) {
    this.region = region;
    this.#signal = signal;
  }

  close(): void {
    this.#client.destroy();
  }

  async products(
    serviceCode: string,
    attributes: Readonly<Record<string, string>>,
  ): Promise<ListedProduct[]> {
    const filters = Object.entries({ regionCode: this.region, ...attributes }).map(([Field, Value]) => ({
      Type: 'TERM_MATCH' as const,
      Field,
      Value,
    }));
    const products: ListedProduct[] = [];
    try {
      const pages = paginateGetProducts(
        { client: this.#client },
        { ServiceCode: serviceCode, Filters: filters },
      );
      for await (const { PriceList = [] } of pages) {
        this.#signal?.throwIfAborted();
        products.push(
          ...PriceList.flatMap((document: unknown) => parseListedProduct(String(document)) ?? []),
        );
      }
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw new UserError(
        'prices-unavailable',
        `AWS's price list did not answer for ${serviceCode} in ${this.region}: ${(error as Error).message}`,
        { hint: 'It needs credentials that may call pricing:GetProducts.', cause: error },
      );
    }
    return products;
  }

  /** @returns the product, or why there is none */
  async find(wanted: UsagePrice, usagePrefix: string): Promise<ListedProduct | string> {
    // us-east-1 has no prefix for most usage types, and USE1- for some. KMS uses the region's name.
    const prefixes = [...new Set([usagePrefix, `${this.region}-`, ...(usagePrefix === '' ? ['USE1-'] : [])])];
    const found: ListedProduct[] = [];
    for (const prefix of prefixes) {
      const usagetype = `${prefix}${wanted.usage}`;
      found.push(...(await this.products(wanted.serviceCode, { usagetype, ...wanted.attributes })));
      if (found.length > 0) break;
    }
    const fitting = found.filter(({ usd, attributes: { databaseEngine: engine } }) => {
      const forUs = engine === undefined || ['Any', 'PostgreSQL', 'Aurora PostgreSQL'].includes(engine);
      return usd > 0 && forUs;
    });
    const [first] = fitting;
    if (first === undefined) return `no usage type ${wanted.usage}`;
    if (!wanted.unit.test(first.unit)) return `it is listed per ${first.unit}`;
    const prices = new Set(fitting.map(({ usd }) => usd));
    return prices.size === 1 ? first : `listed with ${prices.size} prices`;
  }
}
