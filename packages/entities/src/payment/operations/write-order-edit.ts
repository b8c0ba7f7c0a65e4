import { bool, int4, int8, jsonb, nullable, text, uuid, uuidArray } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

/** Locks the stock of variants, in the order of all operations. */
export const lockLevels = statement({
  params: { variantIds: uuidArray },
  row: { variantId: uuid },
  sql: `select variant_id as "variantId" from stock_level where variant_id = any (:variantIds)
    order by variant_id, location_id for no key update`,
});

/** What there is of variants whose stock is locked. */
export const selectSupplies = statement({
  params: { variantIds: uuidArray },
  row: { variantId: uuid, locationId: uuid, available: int4 },
  sql: `select variant_id as "variantId", location_id as "locationId", on_hand - reserved + backorder_limit as available
    from stock_level where variant_id = any (:variantIds)
      and location_id in (select id from stock_location where active)
    order by variant_id, location_id`,
});

/** A trigger adds its amounts to those of the order. */
export const writeEdit = statement({
  params: {
    orderId: uuid,
    number: int4,
    subtotalMinor: int8,
    taxMinor: int8,
    creditNoteId: nullable(uuid),
    addressChanged: bool,
    reason: nullable(text),
  },
  row: {},
  sql: `insert into order_edit (order_id, number, subtotal_minor, tax_minor, credit_note_id, address_changed, reason)
    values (:orderId, :number, :subtotalMinor, :taxMinor, :creditNoteId, :addressChanged, :reason)`,
});

/** The holds do not expire: the order is confirmed. */
export const writeAddedLines = statement({
  params: { orderId: uuid, number: int4, lines: jsonb(), adjustments: jsonb(), allocations: jsonb() },
  row: {},
  sql: `with lines as (
      insert into order_line (id, order_id, position, variant_id, properties, sku, title, variant_title, quantity,
        unit_price_minor, price_list_code, total_minor, edit_number)
      select r."lineId", :orderId, r.position, r."variantId", r.properties, r.sku, r.title, r."variantTitle", r.quantity,
        r."unitPriceMinor", r."priceList", r."totalMinor", :number
      from jsonb_to_recordset(:lines) as r ("lineId" uuid, position integer, "variantId" uuid, properties jsonb, sku text,
        title text, "variantTitle" text, quantity integer, "unitPriceMinor" bigint, "priceList" text, "totalMinor" bigint)),
    adjustments as (
      insert into order_adjustment (order_id, order_line_id, kind, code, amount_minor, rate_ppm, taxable_minor, edit_number)
      select :orderId, r."lineId", r.kind, r.code, r."amountMinor", r."ratePpm", r."taxableMinor", :number
      from jsonb_to_recordset(:adjustments) as r ("lineId" uuid, kind text, code text, "amountMinor" bigint,
        "ratePpm" integer, "taxableMinor" bigint)),
    allocation as (
      select * from jsonb_to_recordset(:allocations)
        as r ("variantId" uuid, "locationId" uuid, "lineId" uuid, quantity integer)),
    levels as (
      update stock_level level set reserved = level.reserved + allocated.quantity
      from (select "variantId", "locationId", sum(quantity)::integer as quantity
        from allocation group by "variantId", "locationId") allocated
      where level.variant_id = allocated."variantId" and level.location_id = allocated."locationId")
    insert into stock_reservation (variant_id, location_id, order_line_id, quantity)
    select "variantId", "locationId", "lineId", quantity from allocation`,
});

/** The country stays, and so does the former address. */
export const writeAddress = statement({
  params: {
    orderId: uuid,
    number: int4,
    fullName: text,
    company: nullable(text),
    line1: text,
    line2: nullable(text),
    city: text,
    region: nullable(text),
    postalCode: nullable(text),
    phone: nullable(text),
  },
  row: {},
  sql: `with former as (
      insert into order_address (order_id, kind, full_name, company, line1, line2, city, region, postal_code, country_code,
        phone, replaced_by)
      select order_id, kind, full_name, company, line1, line2, city, region, postal_code, country_code, phone, :number
      from order_address where order_id = :orderId and kind = 'shipping' and replaced_by = 0)
    update order_address set full_name = :fullName, company = :company, line1 = :line1, line2 = :line2, city = :city,
      region = :region, postal_code = :postalCode, phone = :phone
    where order_id = :orderId and kind = 'shipping' and replaced_by = 0`,
});
