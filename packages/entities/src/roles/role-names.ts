/** Owns the database and everything in it. Nobody logs in as this role. */
export const ownerRole = 'shop_owner';

/**
 * The roles that programs log in as: `shop_migrator` acts as the owner, `shop_app` reads and writes data,
 * `shop_readonly` reads it.
 */
export const loginRoles = ['shop_migrator', 'shop_app', 'shop_readonly'] as const;

/** One of {@link loginRoles}. */
export type LoginRole = (typeof loginRoles)[number];
