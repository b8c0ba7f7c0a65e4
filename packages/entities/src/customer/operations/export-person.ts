import type { EntityManager } from '@mikro-orm/postgresql';
import { recordAudit } from '../../runtime/audit.ts';
import { json, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { addressColumns, jsonKey, personalColumns } from '../personal-columns.ts';
import { customerNotFound } from './lock-customer.ts';
import { isPerson, type Person, personInput } from './person-input.ts';
import type { PersonalData } from './personal-data.ts';

/** SQL: the keys and values of a JSON object with these columns. */
const pairs = (alias: string, columns: readonly string[]) =>
  columns.map((column) => `'${jsonKey(column)}', ${alias}.${column}`).join(', ');
const address = pairs('a', addressColumns);

/** SQL: the JSON array of the rows of a subquery. */
const list = (row: string, from: string, order: string) =>
  `(select coalesce(json_agg(json_build_object(${row}) order by ${order}), '[]') from ${from})`;

const order = `'number', o.number::text, 'placedAt', o.placed_at, 'status', o.status,
  'asGuest', o.customer_id is null, ${pairs('o', personalColumns.sales_order)}, 'currencyCode', o.currency_code,
  'subtotalMinor', o.subtotal_minor::text, 'discountMinor', o.discount_minor::text,
  'shippingMinor', o.shipping_minor::text, 'taxMinor', o.tax_minor::text, 'totalMinor', o.total_minor::text,
  'taxIncluded', o.tax_included,
  'lines', ${list(
    `'position', l.position, 'variantId', l.variant_id, 'sku', l.sku, 'title', l.title,
     'variantTitle', l.variant_title, ${pairs('l', personalColumns.order_line)}, 'quantity', l.quantity, 'unitPriceMinor', l.unit_price_minor::text,
     'priceList', l.price_list_code`,
    'order_line l where l.order_id = o.id',
    'l.position',
  )},
  'adjustments', ${list(
    `'kind', d.kind, 'code', d.code, 'amountMinor', d.amount_minor::text, 'linePosition', l.position,
     'ratePpm', d.rate_ppm, 'taxableMinor', d.taxable_minor::text`,
    'order_adjustment d left join order_line l on l.id = d.order_line_id where d.order_id = o.id',
    'd.kind, l.position, d.id',
  )},
  'history', ${list(
    `'status', h.to_status, 'changedAt', h.changed_at`,
    'order_status_history h where h.order_id = o.id',
    'h.id',
  )},
  'addresses', ${list(`'kind', a.kind, 'replacedByEdit', nullif(a.replaced_by, 0), ${address}`, 'order_address a where a.order_id = o.id', 'a.kind, a.replaced_by')},
  'payments', ${list(
    `'provider', y.provider, 'status', y.status, 'amountMinor', y.amount_minor::text, 'createdAt', y.created_at`,
    'payment y where y.order_id = o.id',
    'y.created_at, y.id',
  )},
  'shipments', ${list(
    `'status', s.status, 'carrier', s.carrier, 'trackingNumber', s.tracking_number, 'deliveredAt', s.delivered_at`,
    'shipment s where s.order_id = o.id',
    's.created_at, s.id',
  )},
  'edits', ${list(
    `'number', e.number, 'subtotalMinor', e.subtotal_minor::text, 'taxMinor', e.tax_minor::text,
     'addressChanged', e.address_changed, 'editedAt', e.edited_at`,
    'order_edit e where e.order_id = o.id',
    'e.number',
  )},
  'returns', ${list(
    `'status', r.status, 'reason', r.reason, 'requestedAt', r.created_at, 'lines', ${list(
      `'linePosition', l.position, 'quantity', q.quantity, 'receivedQuantity', q.received_quantity`,
      'return_request_line q join order_line l on l.id = q.order_line_id where q.return_request_id = r.id',
      'l.position',
    )}`,
    'return_request r where r.order_id = o.id',
    'r.created_at, r.id',
  )},
  'creditNotes', ${list(
    `'number', n.number::text, 'netMinor', n.net_minor::text, 'taxMinor', n.tax_minor::text, 'reason', n.reason,
     'issuedAt', n.issued_at, 'lines', ${list(
       `'linePosition', l.position, 'quantity', c.quantity, 'netMinor', c.net_minor::text, 'taxMinor', c.tax_minor::text`,
       'credit_note_line c left join order_line l on l.id = c.order_line_id where c.credit_note_id = n.id',
       'l.position, c.id',
     )}`,
    'credit_note n where n.order_id = o.id',
    'n.number',
  )}`;

const line = `'variantId', l.variant_id, 'properties', l.properties, 'quantity', l.quantity, 'unitPriceMinor', l.unit_price_minor::text`;

// One statement, so that all of it is of one snapshot.
const selectDocument = statement({
  params: { customerId: nullable(uuid), email: nullable(text) },
  row: { customerId: nullable(uuid), document: json<PersonalData>() },
  sql: `with person as (
    select c.* from customer c where ${isPerson} and c.erased_at is null),
  mine as (
    select o.* from sales_order o where o.customer_id = (select id from person)
    union all
    select o.* from sales_order o where o.customer_id is null and lower(o.email) = lower(
      coalesce(:email, (select email from person where email_verified_at is not null))))
  select (select id from person) as "customerId", json_build_object(
    'exportedAt', now(),
    'profile', (select json_build_object('id', p.id, ${pairs('p', personalColumns.customer)},
      'emailVerifiedAt', p.email_verified_at, 'acceptsMarketing', p.accepts_marketing, 'createdAt', p.created_at) from person p),
    'credentials', ${list(
      `'provider', k.provider, 'subject', k.subject, 'createdAt', k.created_at`,
      'customer_credential k join person p on k.customer_id = p.id',
      'k.created_at, k.id',
    )},
    'sessions', ${list(
      `'createdAt', t.created_at, 'expiresAt', t.expires_at`,
      `customer_token t join person p on t.customer_id = p.id where t.purpose = 'session'`,
      't.created_at, t.id',
    )},
    'addresses', ${list(
      `${address}, 'isDefaultShipping', a.is_default_shipping, 'isDefaultBilling', a.is_default_billing`,
      'customer_address a join person p on a.customer_id = p.id',
      'a.created_at, a.id',
    )},
    'carts', ${list(
      `'id', c.id, 'status', c.status, 'currencyCode', c.currency_code, 'createdAt', c.created_at,
       ${pairs('c', personalColumns.cart)}, 'lines', ${list(line, 'cart_line l where l.cart_id = c.id', 'l.created_at, l.id')}`,
      'cart c join person p on c.customer_id = p.id',
      'c.created_at, c.id',
    )},
    'orders', ${list(order, 'mine o', 'o.placed_at desc, o.id desc')}) as document`,
});

/**
 * Exports all that the shop stores about a person, as one document (GDPR, articles 15 and 20), without hashes and
 * tokens. The audit log records the export.
 *
 * @throws UserError `invalid-input`; `customer-not-found`: no such customer, or erased (by `customerId` only)
 */
export async function exportPerson(em: EntityManager, input: Person): Promise<PersonalData> {
  const person = parseInput(personInput, input);
  return await em.transactional(async (em) => {
    const found = onlyRow(await selectDocument(em, person));
    if (found.customerId === null && 'customerId' in person) throw customerNotFound(person.customerId);
    const detail = { orders: found.document.orders.length };
    const entityId = found.customerId ?? undefined;
    await recordAudit(em, { action: 'customer.export', entity: 'customer', entityId, detail });
    return found.document;
  });
}
