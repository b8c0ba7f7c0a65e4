import { UserError } from '@ecommerce-dms/errors';
import type { CartQuote } from '../../cart/operations/quote-cart.ts';

/** A cart no longer costs what the buyer agreed to. Code `total-changed`. */
export class TotalChanged extends UserError {
  override readonly name = 'TotalChanged';
  readonly expectedTotalMinor: bigint;
  /** What it costs now, and why. */
  readonly quote: CartQuote;

  constructor(expectedTotalMinor: bigint, quote: CartQuote) {
    super('total-changed', `The total is ${quote.totalMinor}, not ${expectedTotalMinor} as expected.`, {
      hint: 'Nothing was ordered. Show the new quote; if the buyer agrees, check out with its total.',
    });
    this.expectedTotalMinor = expectedTotalMinor;
    this.quote = quote;
  }
}

/** A cart costs what the buyer agreed to, but has other goods, prices or charges. Code `quote-changed`. */
export class QuoteChanged extends UserError {
  override readonly name = 'QuoteChanged';
  /** What the order would be now. */
  readonly quote: CartQuote;

  constructor(quote: CartQuote) {
    super('quote-changed', 'The cart is no longer as it was quoted, though its total is the same.', {
      hint: 'Nothing was ordered. Show the new quote; if the buyer agrees, check out with its fingerprint.',
    });
    this.quote = quote;
  }
}
