import { currencyExponents } from '../migrations/iso-4217.ts';

/** Currencies of which Stripe counts other minor units than ISO 4217 (docs.stripe.com/currencies). */
const unlikeIso = new Map([
  ['ISK', 2],
  ['UGX', 2],
  ['MGA', 0],
]);

/** How many of Stripe's units a minor unit is, as a fraction. */
function stripeUnits(currencyCode: string): { times: bigint; over: bigint } {
  const exponent = currencyExponents.get(currencyCode) ?? 2;
  const more = (unlikeIso.get(currencyCode) ?? exponent) - exponent;
  return { times: 10n ** BigInt(Math.max(more, 0)), over: 10n ** BigInt(Math.max(-more, 0)) };
}

/** An amount as Stripe takes it; undefined where it has no such amount. */
export function toStripeAmount(amountMinor: bigint, currencyCode: string): number | undefined {
  const { times, over } = stripeUnits(currencyCode);
  return amountMinor % over === 0n ? Number((amountMinor * times) / over) : undefined;
}

/** An amount of Stripe's in minor units. What is less than one is dropped: Stripe does not charge it. */
export function fromStripeAmount(amount: number, currency: string): bigint {
  const { times, over } = stripeUnits(currency.toUpperCase());
  return (BigInt(amount) * over) / times;
}
