import { maxLength } from '../bounds.ts';
/**
 * The personal columns of each table, which erasure empties, an export has, and the checks find empty afterwards. All
 * of `customer_address`, `customer_credential` and `customer_token`, and each line of a cart that has properties, is
 * personal: erasure deletes their rows.
 */
export const personalColumns = {
  customer: ['email', 'first_name', 'last_name', 'phone', 'metadata'],
  cart: ['metadata'],
  sales_order: ['email', 'metadata'],
  order_line: ['properties'],
  order_address: ['full_name', 'company', 'line1', 'line2', 'city', 'region', 'postal_code', 'phone'],
} as const;

/** The columns of an address, in the address book and in an order. Erasure leaves the country of an order. */
export const addressColumns = [...personalColumns.order_address, 'country_code'] as const;

/** The longest text of each of them that has no form of its own. */
export const addressLengths = Object.fromEntries(
  personalColumns.order_address.map((column) => [column, maxLength.line]),
);

/** SQL: the assignments that empty the personal columns of a table. */
export function emptied(table: keyof typeof personalColumns): string {
  return personalColumns[table].map((column) => `${column} = null`).join(', ');
}

/** SQL: whether the personal columns of a table are empty; `prefix` is its alias and a dot. */
export function isEmptied(table: keyof typeof personalColumns, prefix = ''): string {
  return `num_nonnulls(${personalColumns[table].map((column) => `${prefix}${column}`).join(', ')}) = 0`;
}

/** SQL: whether a row of `customer` has what a customer must have, or nothing that an erased one must not have. */
export const customerErasedRule = `case when erased_at is null then email is not null else ${isEmptied('customer')} and not accepts_marketing end`;

/** The key of a column in JSON: `postalCode` for `postal_code`. */
export function jsonKey(column: string): string {
  return column.replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
