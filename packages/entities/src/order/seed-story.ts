import { type Draw, weightedKeys } from '@ecommerce-dms/seeder';
import type { Basket } from './seed-basket.ts';
import { dayMs, hourMs, minuteMs } from '../seed-context/shop-calendar.ts';

/** A parcel: its lines, and the times of what happened to it; undefined is "not yet" or "never". */
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

/** What happened to an order up to now. Times in ms; undefined is "not yet" or "never". */
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

const invoiceShare = 0.06;
const refusedShare = 0.03;
/** Waits for stock for weeks. */
const backorderedShare = 0.02;
const cardHoldMs = 30 * minuteMs;
const invoiceHoldMs = 45 * dayMs;
const returnPeriodDays = 14;

/** Draws the whole life of an order, and cuts it off at `atMs`. */
export function drawStory(draw: Draw, basket: Basket, placedAt: number, atMs: number): Story {
  const life = drawLife(draw, basket, placedAt);
  const { kind, method } = life;
  const past = (time: number) => (time <= atMs ? Math.floor(time) : undefined);
  const isUnpaid = kind === 'unpaid';
  const isCancelled = isUnpaid || kind === 'cancelled';
  const happened = plannedChanges(life, placedAt).filter(({ at }) => at <= atMs);
  return {
    method,
    wasRefused: isUnpaid || (method === 'card' && draw.chance(refusedShare)),
    isUnpaid,
    holdExpiresAt: placedAt + (method === 'card' ? cardHoldMs : invoiceHoldMs),
    paidAt: isUnpaid ? undefined : past(life.paid),
    capturedAt: life.captured === undefined ? undefined : past(life.captured),
    cancelledAt: isCancelled ? past(life.cancelled) : undefined,
    returnedAt: kind === 'returned' ? past(life.returned) : undefined,
    unitReturnedAt: kind === 'unitReturned' ? past(life.returned) : undefined,
    parcels: isCancelled || life.packed > atMs ? [] : parcelsOf(life, basket, past),
    changes: happened.map(({ to, at, by }, n) => ({
      from: happened[n - 1]?.to ?? 'new',
      to,
      at: Math.floor(at),
      by,
    })),
  };
}

/** What happens to an order, with times in ms. Times that do not belong to its kind mean nothing. */
function drawLife(draw: Draw, basket: Basket, placedAt: number) {
  const between = (fromMs: number, toMs: number) => fromMs + draw.unit() * (toMs - fromMs);
  const drawn = outcome(draw);
  const units = basket.lines.reduce((sum, line) => sum + line.quantity, 0);
  const kind = drawn === 'unitReturned' && units === 1 ? 'returned' : drawn;
  const method: Story['method'] = kind !== 'unpaid' && draw.chance(invoiceShare) ? 'invoice' : 'card';
  const paid = placedAt + (method === 'card' ? between(3000, minuteMs) : between(dayMs, 10 * dayMs));
  const confirmed = paid + between(200, 3000);
  const packed = confirmed + between(hourMs, 8 * hourMs);
  const isBackordered = draw.chance(backorderedShare);
  const shipped = packed + (isBackordered ? between(10 * dayMs, 40 * dayMs) : between(2 * hourMs, 2 * dayMs));
  const secondShipped = shipped + between(2 * dayMs, 6 * dayMs);
  const deliveryMs = between(dayMs, 6 * dayMs);
  const isSplit = kind === 'split' && basket.lines.length > 1;
  const lastShipped = isSplit ? secondShipped : shipped;
  const delivered = lastShipped + deliveryMs;
  const returned = delivered + between(3 * dayMs, (returnPeriodDays - 1) * dayMs);
  const cancelled =
    kind === 'unpaid' ? placedAt + cardHoldMs : confirmed + between(10 * minuteMs, packed - confirmed);
  const isCaptured = kind !== 'unpaid' && (method === 'invoice' || kind !== 'cancelled');
  const captured = isCaptured ? (method === 'invoice' ? paid : shipped) : undefined;
  const times = { paid, confirmed, packed, shipped, lastShipped, captured, delivered, returned, cancelled };
  return { kind, method, isSplit, deliveryMs, ...times };
}

type Life = ReturnType<typeof drawLife>;

function parcelsOf(life: Life, basket: Basket, past: (time: number) => number | undefined): Parcel[] {
  const parcel = (lines: number[], shippedAt: number): Parcel => ({
    lines,
    packedAt: Math.floor(life.packed),
    shippedAt: past(shippedAt),
    deliveredAt: past(shippedAt + life.deliveryMs),
    returnedAt: life.kind === 'returned' ? past(life.returned) : undefined,
  });
  const all = basket.lines.map((_, position) => position);
  return life.isSplit
    ? [parcel(all.slice(0, 1), life.shipped), parcel(all.slice(1), life.lastShipped)]
    : [parcel(all, life.shipped)];
}

function plannedChanges(life: Life, placedAt: number): Omit<StatusChange, 'from'>[] {
  const { kind, confirmed, cancelled, shipped, lastShipped, delivered, returned } = life;
  const placed = { to: 'pending', at: placedAt, by: 'shop_app' };
  if (kind === 'unpaid') return [placed, { to: 'cancelled', at: cancelled, by: 'sweeper' }];
  const paid = [placed, { to: 'confirmed', at: confirmed, by: 'shop_app' }];
  if (kind === 'cancelled') return [...paid, { to: 'cancelled', at: cancelled, by: 'support' }];
  return [
    ...paid,
    ...(life.isSplit ? [{ to: 'partially_shipped', at: shipped, by: 'warehouse' }] : []),
    { to: 'shipped', at: lastShipped, by: 'warehouse' },
    { to: 'completed', at: delivered, by: 'warehouse' },
    ...(kind === 'returned' ? [{ to: 'returned', at: returned, by: 'support' }] : []),
  ];
}
