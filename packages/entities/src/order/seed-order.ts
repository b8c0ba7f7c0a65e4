import type { Draw, Uuid } from '@ecommerce-dms/seeder';
import type { ClientBase } from 'pg';
import { type OrderBuyer, orderBuyer } from '../cart/seed-buyer.ts';
import type { CartContext } from '../cart/seed.ts';
import type { PromotionContext } from '../promotion/seed.ts';
import { float8, text } from '../runtime/sql-type.ts';
import { statement } from '../runtime/statement.ts';
import { type Basket, drawBasket } from './seed-basket.ts';
import { drawStory, type Story } from './seed-story.ts';

export interface OrderContext extends CartContext, PromotionContext {
  /** The ids of the histories, of the outbox and of the audit log start above these. */
  lastHistoryId: number;
  /** No number of a credit note is from here on. */
  firstCreditNumber: number;
  lastOutboxId: number;
  lastAuditId: number;
  /** Months (`YYYY_MM`, UTC) for which the audit log has a partition. */
  auditMonths: ReadonlySet<string>;
}

const readEnds = statement({
  params: {},
  row: {
    firstOrderNumber: float8,
    firstCreditNumber: float8,
    lastHistoryId: float8,
    lastOutboxId: float8,
    lastAuditId: float8,
  },
  sql: `select
      greatest((select seqstart from pg_sequence where seqrelid = 'sales_order_number_seq'::regclass),
        (select max(number) + 1 from sales_order))::float8 as "firstOrderNumber",
      greatest((select seqstart from pg_sequence where seqrelid = 'credit_note_number_seq'::regclass),
        (select max(number) + 1 from credit_note))::float8 as "firstCreditNumber",
      (select coalesce(max(id), 0) from order_status_history)::float8 as "lastHistoryId",
      (select coalesce(max(id), 0) from outbox_event)::float8 as "lastOutboxId",
      (select coalesce(max(id), 0) from audit_log)::float8 as "lastAuditId"`,
});

const listAuditMonths = statement({
  params: {},
  row: { month: text },
  sql: `select right(relname, 7) as month from pg_inherits join pg_class on oid = inhrelid
    where inhparent = 'audit_log'::regclass`,
});

export async function readOrderContext(client: ClientBase) {
  const [ends] = await readEnds(client, {});
  if (ends === undefined) throw new Error('A query of aggregates has one row.');
  const months = await listAuditMonths(client, {});
  return { ...ends, auditMonths: new Set(months.map(({ month }) => month)) };
}

/** An order as its parts see it. */
export interface SeedOrder {
  index: number;
  id: Uuid;
  number: number;
  buyer: OrderBuyer;
  basket: Basket;
  story: Story;
  status: string;
  lineIds: readonly Uuid[];
  /** What the buyer wants of each line; erasure empties it. */
  properties: readonly (Record<string, string> | null)[];
  metadata: Record<string, string> | null;
  draw: Draw;
}

const giftShare = 0.03;
const phoneShare = 0.05;

function drawWishes(draw: Draw, { lines }: Basket, isErased: boolean) {
  const isGift = draw.chance(giftShare) && !isErased;
  const isByPhone = draw.chance(phoneShare) && !isErased;
  return {
    properties: lines.map((_, position) => (isGift && position === 0 ? { giftWrap: 'red' } : null)),
    metadata: isByPhone ? { channel: 'phone' } : null,
  };
}

/** Draws order `index`, the life of it included. */
export function orderAt(context: OrderContext, index: number): SeedOrder {
  const buyer = orderBuyer(context, index);
  const draw = context.random.draw('order', index);
  const basket = drawBasket(draw, context);
  const story = drawStory(draw, basket, buyer.placedAt, context.atMs);
  return {
    index,
    id: draw.uuid7(buyer.placedAt),
    number: context.firstOrderNumber + index,
    buyer,
    basket,
    story,
    status: story.changes.at(-1)?.to ?? 'pending',
    lineIds: basket.lines.map(() => draw.uuid7(buyer.placedAt)),
    ...drawWishes(draw, basket, buyer.isErased),
    draw,
  };
}
