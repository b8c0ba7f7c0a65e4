/** For each CHECK of lengths, what sets each of its columns to one more than it takes. */
const longest: Record<string, Record<string, string>> = {
  attribute: { code: x(201), name: x(201) },
  audit_log: { actor: x(201), action: x(201), entity: x(201), entity_id: x(201), detail: object(1_048_576) },
  category: { name: x(201) },
  credit_note: { reason: x(1001), actor: x(201) },
  credit_note_tax: { code: x(201) },
  customer: { first_name: x(201), last_name: x(201), phone: x(201) },
  customer_address: address(),
  customer_credential: { provider: x(201), subject: x(256), secret_hash: x(201) },
  idempotency_key: { scope: x(201), key: x(201), response: object(4_194_304) },
  order_address: address(),
  order_adjustment: { code: x(201) },
  order_edit: { reason: x(1001), actor: x(201) },
  order_line: { sku: x(256), title: x(501), variant_title: x(1001), price_list_code: x(201) },
  maintenance_run: { task: x(201), error: x(2001) },
  outbox_event: { topic: `'a.' || ${x(199)}`, last_error: x(2001), payload: object(4_194_304) },
  payment: { provider: x(101), provider_reference: x(256) },
  payment_transaction: {
    idempotency_key: x(421),
    provider_reference: x(281),
    failure_reason: x(1001),
    actor: x(201),
    reason: x(1001),
  },
  price_list: { code: x(201), name: x(201) },
  product: {
    vendor: x(256),
    product_type: x(256),
    option_names: `array[${x(65_536)}]`,
    tags: `array[${x(524_288)}]`,
  },
  product_media: { alt: x(1001) },
  product_variant: { sku: x(256), barcode: x(256), title: x(1001), option_values: object(65_536) },
  promotion: { name: x(201) },
  return_request: { reason: x(1001), actor: x(201) },
  tax_rate: { code: x(201), region: x(201) },
  shipment: { carrier: x(201), tracking_number: x(201) },
  stock_location: { code: x(201), name: x(201) },
  stock_movement: { note: x(1001), actor: x(201) },
};

/** Ledgers, to which rows are only added, with a row. */
const ledgers: Record<string, { columns: string; values: string }> = {
  audit_log: { columns: 'actor, action, entity, entity_id, detail', values: `'x', 'x', 'x', 'x', '{}'` },
  credit_note: {
    columns: 'order_id, net_minor, tax_minor, reason, actor',
    values: 'order_id, net_minor, tax_minor, reason, actor',
  },
  credit_note_tax: {
    columns: 'credit_note_line_id, code, amount_minor',
    values: 'credit_note_line_id, code, amount_minor',
  },
  order_adjustment: {
    columns: 'order_id, order_line_id, kind, code, amount_minor',
    values: 'order_id, order_line_id, kind, code, 0',
  },
  order_edit: {
    columns: 'order_id, number, subtotal_minor, tax_minor, address_changed, reason, actor',
    values: 'order_id, number + 100, 0, 0, false, reason, actor',
  },
  order_line: {
    columns:
      'order_id, position, variant_id, sku, title, variant_title, quantity, unit_price_minor, total_minor, price_list_code',
    values:
      'order_id, position + 100, variant_id, sku, title, variant_title, quantity, unit_price_minor, total_minor, price_list_code',
  },
  stock_movement: {
    columns: 'variant_id, location_id, kind, quantity, note, actor',
    values: 'variant_id, location_id, kind, quantity, note, actor',
  },
};

function x(length: number): string {
  return `repeat('x', ${length})`;
}

/** An object with a text of this many characters. */
function object(length: number): string {
  return `jsonb_build_object('x', ${x(length)})`;
}

function address(): Record<string, string> {
  const columns = ['full_name', 'company', 'line1', 'line2', 'city', 'region', 'postal_code', 'phone'];
  return Object.fromEntries(columns.map((column) => [column, x(201)]));
}

function tooLong(table: string, column: string, value: string): string {
  const ledger = ledgers[table];
  if (ledger === undefined) return `update ${table} set ${column} = ${value}`;
  const names = ledger.columns.split(', ');
  const values = ledger.values.split(', ').map((each, index) => (names[index] === column ? value : each));
  return `insert into ${table} (${ledger.columns}) select ${values.join(', ')} from ${table} limit 1`;
}

/** By constraint, as in `constraint-cases.ts`. */
export const lengthCases: Record<string, string[]> = Object.fromEntries(
  Object.entries(longest).map(([table, columns]) => [
    `${table}_length_check`,
    Object.entries(columns).map(([column, value]) => tooLong(table, column, value)),
  ]),
);
