import type { Draw, Uuid } from '@ecommerce-dms/seeder';
import { type OrderBuyer, orderBuyer } from '../cart/seed-buyer.ts';
import type { CartContext } from '../cart/seed.ts';
import type { PromotionContext } from '../promotion/seed.ts';
import { type Basket, drawBasket } from './seed-basket.ts';
import { drawStory, type Story } from './seed-story.ts';

export interface OrderContext extends CartContext, PromotionContext {
  /** The ids of the histories start above this one. */
  lastHistoryId: number;
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
  draw: Draw;
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
    draw,
  };
}
