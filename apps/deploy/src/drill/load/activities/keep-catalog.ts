import { randomUUID } from 'node:crypto';
import {
  createProduct,
  createVariant,
  getProductToEdit,
  receiveStock,
  setMetadata,
  setPrice,
  setTaxRate,
  updateProduct,
  updateVariant,
} from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';
import { countries } from '../market.ts';

/** A product with a variant and stock, put on sale. */
export async function addProduct(client: Client): Promise<void> {
  const { market, random, tally } = client;
  const handle = `drill-${randomUUID()}`;
  const product = await client.keyed(createProduct, { handle, title: 'Drilled' });
  if (product === undefined) return;
  const { productId } = product;
  tally.acknowledge('product', productId);
  const variant = await client.keyed(createVariant, {
    productId,
    prices: countries.map(({ currencyCode: currency }) => ({
      currency,
      amountMinor: random.amountUpTo(9999n),
    })),
  });
  if (variant === undefined) return;
  const { variantId } = variant;
  const locationId = market.locationIds[0] ?? '';
  await client.keyed(receiveStock, { locationId, lines: [{ variantId, quantity: random.upTo(50) }] });
  const updated = await client.run(updateProduct, { productId, status: 'active' }, { idempotent: true });
  if (updated !== undefined) market.wares.add({ productId, variantId, handle });
}

/** As two editors at once: the second one's version may be old. */
export async function edit(client: Client): Promise<void> {
  const { market, random } = client;
  const ware = market.wares.pick(random);
  if (ware === undefined) return;
  const product = await client.read(getProductToEdit, { productId: ware.productId });
  if (product === undefined) return;
  const { variantId } = ware;
  const expectedVersion = product.variants.find((each) => each.id === variantId)?.version;
  await client.run(updateVariant, {
    variantId,
    weightGrams: random.below(5000),
    taxable: random.chance(90),
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  });
}

export async function reprice(client: Client): Promise<void> {
  const { market, random } = client;
  const ware = market.wares.pick(random);
  const { currencyCode: currency } = random.pick(countries) ?? countries[0];
  if (ware === undefined) return;
  const amountMinor = random.amountUpTo(9999n);
  await client.run(setPrice, { variantId: ware.variantId, currency, amountMinor, reason: 'drill' });
}

/** A law changes; the shop reads the rates anew. */
export async function retax(client: Client): Promise<void> {
  const { buyer, market, random, tally } = client;
  const ratePpm = 10_000 * (15 + random.below(8));
  await client.run(setTaxRate, { countryCode: 'DE', code: 'VAT', ratePpm });
  await tally.done('loadTaxRates', () => market.readRates(buyer));
}

export async function annotate(client: Client): Promise<void> {
  const { market, random } = client;
  const [of, id] = random.weighted([
    [3, ['order', market.orderIds.pick(random)] as const],
    [1, ['cart', market.cartIds.pick(random)] as const],
    [1, ['customer', market.customerIds.pick(random)] as const],
    [1, ['variant', market.wares.pick(random)?.variantId] as const],
  ]);
  const metadata = { [`note${random.below(5)}`]: random.chance(20) ? null : random.below(1000) };
  if (id !== undefined) await client.run(setMetadata, { of, id, metadata }, { idempotent: true });
}
