/**
 * SQL: whether a line with these properties may be in a cart of this customer: what a buyer has written is not kept of
 * somebody who is erased. An erasure that is under way is waited for; it ends the carts before it locks the customer.
 */
export function mayHold(properties: string, customerId: string): string {
  return `(${properties} is null or ${customerId} is null or exists (
    select from customer where id = ${customerId} and erased_at is null for share))`;
}
