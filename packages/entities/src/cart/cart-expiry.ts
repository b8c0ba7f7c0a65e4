/**
 * SQL: when a cart expires that somebody uses now. It is the end of a day (UTC), at least 30 days away, and so the same
 * all day: after the first activity of a day, an update leaves the index of the column alone, and is a HOT one.
 */
export const cartExpiry = `(date_trunc('day'::text, now(), 'UTC'::text) + '31 days'::interval)`;

/** SQL: the same for an existing row of `cart`, whose expiry is never brought forward. */
export const extendedExpiry = `greatest(cart.expires_at, ${cartExpiry})`;
