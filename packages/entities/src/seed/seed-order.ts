import type { Draw, Emit, Uuid } from '@ecommerce-dms/seeder';
import { type OrderBuyer, orderBuyer } from './order-buyer.ts';
import { type Basket, drawBasket } from './order-lines.ts';
import { drawStory, type Story } from './order-story.ts';
import type { ShopContext } from './shop-context.ts';
import type { ShopTables } from './tables.ts';

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

export type ShopEmit = Emit<ShopTables>;

/** Draws order `index`, the life of it included. */
export function orderAt(context: ShopContext, index: number): SeedOrder {
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
