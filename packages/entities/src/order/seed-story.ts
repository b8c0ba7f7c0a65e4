import { type Draw, weightedKeys } from '@ecommerce-dms/seeder';
import type { Basket } from './seed-basket.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../seed-context/shop-calendar.ts';

/** A parcel: which lines it holds, and when what happened to it. A time that has not come yet is undefined. */
export interface Parcel {
  /** Positions in the basket. */
  lines: readonly number[];
  packedAt: number;
  shippedAt: number | undefined;
  deliveredAt: number | undefined;
  returnedAt: number | undefined;
}

export interface StatusChange {
  from: string;
  to: string;
  at: number;
  by: string;
}

/** What became of an order up to now. Times in ms; undefined is "not yet" or "never". */
export interface Story {
  method: 'card' | 'invoice';
  /** A first card was refused before another one was accepted, or before the order was given up. */
  wasRefused: boolean;
  /** The order was never paid. */
  isUnpaid: boolean;
  holdExpiresAt: number;
  paidAt: number | undefined;
  capturedAt: number | undefined;
  cancelledAt: number | undefined;
  /** All of it came back. */
  returnedAt: number | undefined;
  /** One unit of the last line came back. */
  unitReturnedAt: number | undefined;
  parcels: readonly Parcel[];
  changes: readonly StatusChange[];
}

const outcome = weightedKeys({
  fulfilled: 80,
  split: 6,
  returned: 4,
  unitReturned: 4,
  cancelled: 4,
  unpaid: 2,
});

const INVOICE_SHARE = 0.06;
const REFUSED_SHARE = 0.03;
/** Waits for stock for weeks. */
const BACKORDERED_SHARE = 0.02;
const CARD_HOLD_MS = 30 * MINUTE_MS;
const INVOICE_HOLD_MS = 45 * DAY_MS;
/** An order is completed when it can't be sent back any more. */
const RETURN_PERIOD_DAYS = 14;

/** Plans the whole life of an order and cuts it off at `atMs`. */
export function drawStory(draw: Draw, basket: Basket, placedAt: number, atMs: number): Story {
  const between = (fromMs: number, toMs: number) => fromMs + draw.unit() * (toMs - fromMs);
  const past = (time: number) => (time <= atMs ? Math.floor(time) : undefined);

  const drawn = outcome(draw);
  const units = basket.lines.reduce((sum, line) => sum + line.quantity, 0);
  const kind = drawn === 'unitReturned' && units === 1 ? 'returned' : drawn;
  const method = kind !== 'unpaid' && draw.chance(INVOICE_SHARE) ? 'invoice' : 'card';
  const paid = placedAt + (method === 'card' ? between(3000, MINUTE_MS) : between(DAY_MS, 10 * DAY_MS));
  const confirmed = paid + between(200, 3000);
  const packed = confirmed + between(HOUR_MS, 8 * HOUR_MS);
  const isBackordered = draw.chance(BACKORDERED_SHARE);
  const shipped =
    packed + (isBackordered ? between(10 * DAY_MS, 40 * DAY_MS) : between(2 * HOUR_MS, 2 * DAY_MS));
  const secondShipped = shipped + between(2 * DAY_MS, 6 * DAY_MS);
  const delivery = between(DAY_MS, 6 * DAY_MS);

  const isSplit = kind === 'split' && basket.lines.length > 1;
  const delivered = (isSplit ? secondShipped : shipped) + delivery;
  const returned = delivered + between(3 * DAY_MS, (RETURN_PERIOD_DAYS - 1) * DAY_MS);
  const completed = delivered + RETURN_PERIOD_DAYS * DAY_MS;
  const cancelled =
    kind === 'unpaid' ? placedAt + CARD_HOLD_MS : confirmed + between(10 * MINUTE_MS, packed - confirmed);

  const isUnpaid = kind === 'unpaid';
  const isShippable = !isUnpaid && kind !== 'cancelled' && packed <= atMs;
  const all = basket.lines.map((_, position) => position);
  const parcel = (lines: number[], shippedAt: number): Parcel => ({
    lines,
    packedAt: Math.floor(packed),
    shippedAt: past(shippedAt),
    deliveredAt: past(shippedAt + delivery),
    returnedAt: kind === 'returned' ? past(returned) : undefined,
  });
  const parcels = isSplit
    ? [parcel(all.slice(0, 1), shipped), parcel(all.slice(1), secondShipped)]
    : [parcel(all, shipped)];

  const planned: [to: string, at: number, by: string][] = [['pending', placedAt, 'shop_app']];
  if (!isUnpaid) planned.push(['confirmed', confirmed, 'shop_app']);
  if (isUnpaid || kind === 'cancelled') {
    planned.push(['cancelled', cancelled, isUnpaid ? 'sweeper' : 'support']);
  } else {
    if (isSplit) planned.push(['partially_shipped', shipped, 'warehouse']);
    planned.push(['shipped', isSplit ? secondShipped : shipped, 'warehouse']);
    planned.push(
      kind === 'returned' ? ['returned', returned, 'support'] : ['completed', completed, 'sweeper'],
    );
  }
  const happened = planned.filter(([, at]) => at <= atMs);
  return {
    method,
    wasRefused: isUnpaid || (method === 'card' && draw.chance(REFUSED_SHARE)),
    isUnpaid,
    holdExpiresAt: placedAt + (method === 'card' ? CARD_HOLD_MS : INVOICE_HOLD_MS),
    paidAt: isUnpaid ? undefined : past(paid),
    capturedAt: isUnpaid
      ? undefined
      : method === 'invoice'
        ? past(paid)
        : kind === 'cancelled'
          ? undefined
          : past(shipped),
    cancelledAt: isUnpaid || kind === 'cancelled' ? past(cancelled) : undefined,
    returnedAt: kind === 'returned' ? past(returned) : undefined,
    unitReturnedAt: kind === 'unitReturned' ? past(returned) : undefined,
    parcels: isShippable ? parcels : [],
    changes: happened.map(([to, at, by], n) => ({
      from: happened[n - 1]?.[0] ?? 'new',
      to,
      at: Math.floor(at),
      by,
    })),
  };
}
