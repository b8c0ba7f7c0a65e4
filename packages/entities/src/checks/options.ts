const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long something may wait before a check reports it, and what is sold in. */
export interface ShopCheckOptions {
  /** How long the sweeper may leave a hold after its expiry. Default 15 minutes. */
  holdGraceMs?: number;
  /** How long the sweeper may leave an open cart after its expiry. Default 24 hours. */
  cartGraceMs?: number;
  /** How long a payment's transaction may wait for the provider's answer. Default 1 hour. */
  pendingTransactionMaxAgeMs?: number;
  /** How long a cancelled order may keep money that is authorized or captured. Default 1 hour. */
  returnMoneyGraceMs?: number;
  /** How long an event may wait in the outbox. Default 15 minutes. */
  outboxMaxAgeMs?: number;
  /** Currencies that every active variant needs a base price in. Default: one price, in whichever currency. */
  currencies?: readonly string[];
}

export const DEFAULTS = {
  holdGraceMs: 15 * MINUTE_MS,
  cartGraceMs: 24 * HOUR_MS,
  pendingTransactionMaxAgeMs: HOUR_MS,
  returnMoneyGraceMs: HOUR_MS,
  outboxMaxAgeMs: 15 * MINUTE_MS,
  currencies: [] as readonly string[],
} satisfies Required<ShopCheckOptions>;
