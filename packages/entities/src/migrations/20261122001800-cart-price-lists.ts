import { SqlMigration } from './sql-migration.ts';

/** Carts with a price list, and the list that the price of an ordered line is of. */
export class CartPriceLists extends SqlMigration {
  protected override readonly upStatements = [
    // Null is base, the list of most carts, which so neither lock its row nor are in the index.
    `alter table cart add price_list_code text,
  add constraint cart_price_list_code_foreign foreign key (price_list_code) references price_list (code) not valid,
  add constraint cart_price_list_code_check check (price_list_code <> 'base') not valid`,
    `alter table cart validate constraint cart_price_list_code_foreign`,
    `alter table cart validate constraint cart_price_list_code_check`,
    `comment on column cart.price_list_code is
  'The list whose prices are charged; null: base, which also has the price of what a list has none for.'`,
    `create index concurrently cart_price_list_code_index on cart (price_list_code) where price_list_code is not null`,

    // A snapshot like the title, so no foreign key, whose index each checkout would write. All existing lines are of base.
    `alter table order_line add price_list_code text not null default 'base'`,
    `comment on column order_line.price_list_code is
  'The list that the price was of: that of the cart, or base where that had none. A snapshot.'`,
  ];

  protected override readonly downStatements = [
    `alter table order_line drop column price_list_code`,
    `alter table cart drop column price_list_code`,
  ];
}
