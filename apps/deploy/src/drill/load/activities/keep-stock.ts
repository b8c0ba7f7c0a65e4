import { adjustStock, receiveStock, setBackorderLimit, transferStock } from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';

export async function receiveGoods(client: Client): Promise<void> {
  const place = somewhere(client);
  if (place === undefined) return;
  const { locationId, variantId } = place;
  await client.keyed(receiveStock, { locationId, lines: [{ variantId, quantity: client.random.upTo(20) }] });
}

/** A few units were broken or found, or the shelf was counted. */
export async function adjust(client: Client): Promise<void> {
  const place = somewhere(client);
  if (place === undefined) return;
  const { locationId, variantId } = place;
  const { random } = client;
  const change = random.chance(50) ? { delta: random.below(7) - 3 } : { onHand: random.upTo(40) };
  await client.keyed(adjustStock, { locationId, lines: [{ variantId, ...change }], reason: 'count' });
}

export async function transfer(client: Client): Promise<void> {
  const place = somewhere(client);
  const toLocationId = client.random.pick(client.market.locationIds);
  if (place === undefined || toLocationId === undefined || toLocationId === place.locationId) return;
  const lines = [{ variantId: place.variantId, quantity: client.random.upTo(5) }];
  await client.keyed(transferStock, { fromLocationId: place.locationId, toLocationId, lines });
}

export async function sellAhead(client: Client): Promise<void> {
  const place = somewhere(client);
  if (place === undefined) return;
  const setting = { ...place, backorderLimit: client.random.below(20) };
  await client.run(setBackorderLimit, setting, { idempotent: true });
}

function somewhere({ market, random }: Client): { locationId: string; variantId: string } | undefined {
  const locationId = random.pick(market.locationIds);
  const ware = market.wares.pick(random);
  return locationId === undefined || ware === undefined
    ? undefined
    : { locationId, variantId: ware.variantId };
}
