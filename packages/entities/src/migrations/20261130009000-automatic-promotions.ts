import { SqlMigration } from './sql-migration.ts';

/** Promotions without a coupon, of products, variants and categories, of shipping, and buy X get Y. */
export class AutomaticPromotions extends SqlMigration {
  protected override readonly upStatements = [
    `alter table promotion add column automatic boolean not null default false,
  add column scope text not null default 'order',
  add column buy_quantity integer,
  add column get_quantity integer,
  add column minimum_quantity integer not null default 0,
  add column customers text not null default 'all',
  add column priority integer not null default 0,
  add column combines_with text[] not null default '{}',
  drop constraint promotion_length_check,
  add constraint promotion_length_check check (length(name) <= 200 and pg_column_size(combines_with) <= 200) not valid,
  add constraint promotion_scope_check check (scope in ('line', 'order', 'shipping')) not valid,
  add constraint promotion_customers_check check (customers in ('all', 'signed_in', 'first_order')) not valid,
  add constraint promotion_combines_with_check check (combines_with <@ '{line,order,shipping}') not valid,
  add constraint promotion_minimum_quantity_check check (minimum_quantity >= 0) not valid,
  add constraint promotion_buy_get_check check (num_nonnulls(buy_quantity, get_quantity) = 0
    or (num_nonnulls(buy_quantity, get_quantity) = 2 and scope = 'line' and amount_minor is null and buy_quantity >= 1 and get_quantity >= 1)) not valid`,
    `alter table promotion validate constraint promotion_length_check`,
    `alter table promotion validate constraint promotion_scope_check`,
    `alter table promotion validate constraint promotion_customers_check`,
    `alter table promotion validate constraint promotion_combines_with_check`,
    `alter table promotion validate constraint promotion_minimum_quantity_check`,
    `alter table promotion validate constraint promotion_buy_get_check`,
    `comment on table promotion is
  'A discount: rate_ppm millionths, or amount_minor. Any currency where it has none. It is granted by its coupons.'`,
    `comment on column promotion.automatic is 'Its coupon, of which there is one, need not be typed in.'`,
    `comment on column promotion.scope is 'What it is taken off: lines, all that is left of them, or the shipping fees.'`,
    `comment on column promotion.buy_quantity is 'Of each buy_quantity + get_quantity units, get_quantity are discounted.'`,
    `comment on column promotion.priority is 'Those of the order are taken off one after another, lowest first.'`,
    `comment on column promotion.combines_with is
  'Scopes. Two promotions go together where each names the scope of the other.'`,
    `create index concurrently promotion_automatic_index on promotion using gist (valid) where automatic`,

    `create table promotion_target (
  id            uuid  not null default uuidv7(),
  promotion_id  uuid  not null,
  role          text  not null default 'get',
  product_id    uuid,
  variant_id    uuid,
  category_id   uuid,
  constraint promotion_target_pkey primary key (id),
  constraint promotion_target_promotion_id_foreign foreign key (promotion_id) references promotion (id),
  constraint promotion_target_product_id_foreign foreign key (product_id) references product (id),
  constraint promotion_target_variant_id_foreign foreign key (variant_id) references product_variant (id),
  constraint promotion_target_category_id_foreign foreign key (category_id) references category (id),
  constraint promotion_target_role_check check (role in ('get', 'buy')),
  constraint promotion_target_one_check check (num_nonnulls(product_id, variant_id, category_id) = 1),
  constraint promotion_target_product_unique unique (product_id, promotion_id, role),
  constraint promotion_target_variant_unique unique (variant_id, promotion_id, role),
  constraint promotion_target_category_unique unique (category_id, promotion_id, role)
)`,
    `comment on table promotion_target is
  'What a promotion discounts (get; all lines where it has none), or what is to be bought for it (buy).'`,
    `create index promotion_target_promotion_id_index on promotion_target (promotion_id)`,
    // Default privileges grant more.
    `revoke all on promotion_target from shop_app`,
    `grant select, insert on promotion_target to shop_app`,

    // What orders refer to stays.
    `revoke update on promotion, coupon from shop_app`,
    `grant update (name, rate_ppm, amount_minor, minimum_subtotal_minor, minimum_quantity, priority, combines_with, valid)
  on promotion to shop_app`,
    `grant update (usage_limit, customer_usage_limit) on coupon to shop_app`,

    // Shipping fees do not make up for it.
    `alter table sales_order add constraint sales_order_discount_check check (discount_minor <= subtotal_minor) not valid`,
    `alter table sales_order validate constraint sales_order_discount_check`,

    // An order can use an automatic promotion, or several, and a coupon.
    `create unique index concurrently coupon_redemption_pkey_new on coupon_redemption (order_id, coupon_id)`,
    `alter table coupon_redemption drop constraint coupon_redemption_pkey,
  add constraint coupon_redemption_pkey primary key using index coupon_redemption_pkey_new`,
  ];

  protected override readonly downStatements = [
    `alter table coupon_redemption drop constraint coupon_redemption_pkey,
  add constraint coupon_redemption_pkey primary key (order_id)`,
    `alter table sales_order drop constraint sales_order_discount_check`,
    `revoke update (usage_limit, customer_usage_limit) on coupon from shop_app`,
    `grant update on promotion, coupon to shop_app`,
    `drop table promotion_target`,
    `drop index promotion_automatic_index`,
    `alter table promotion drop constraint promotion_length_check,
  drop constraint promotion_buy_get_check,
  drop column automatic,
  drop column scope,
  drop column buy_quantity,
  drop column get_quantity,
  drop column minimum_quantity,
  drop column customers,
  drop column priority,
  drop column combines_with,
  add constraint promotion_length_check check (length(name) <= 200)`,
    `comment on table promotion is
  'A discount of an order: rate_ppm millionths of the subtotal, or amount_minor. Any currency where it has none.'`,
  ];
}
