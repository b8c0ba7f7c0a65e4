import { checkDatabaseUrl, UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';
import { milliseconds, name, providerName, wholeNumber } from '../bounds.ts';
import type { PaymentProvider } from '../payment/operations/payment-provider.ts';
import type { PriceCalculators } from '../pricing/basket.ts';

function databaseUrl() {
  return z.string().superRefine((url, context) => {
    try {
      checkDatabaseUrl(url, 'it');
    } catch (error) {
      // The message says what is wrong, and nothing of the URL.
      context.addIssue({ code: 'custom', message: String((error as Error).message) });
    }
  });
}

const functionOf = <Type>() => z.custom<Type>((value) => typeof value === 'function', 'is not a function');

const methods = ['submit', 'find', 'cancel', 'parseWebhook'] as const;
const paymentProvider = z.custom<PaymentProvider>().superRefine((value, context) => {
  const provider = Object(value) as Partial<PaymentProvider>;
  if (!providerName.safeParse(provider.name).success) {
    context.addIssue({ code: 'custom', message: 'has no name of 1 to 100 characters' });
  }
  const missing = methods.filter((method) => typeof provider[method] !== 'function');
  if (missing.length > 0) {
    context.addIssue({ code: 'custom', message: `is no payment provider: it has no ${missing.join(', ')}` });
  }
});

const settings = z.strictObject({
  url: databaseUrl(),
  readerUrl: databaseUrl().optional(),
  payments: z.array(paymentProvider).refine((providers) => {
    const names = providers.map((provider) => Object(provider).name);
    return new Set(names).size === names.length;
  }, 'two providers have the same name'),
  shipping: functionOf<PriceCalculators['shipping']>(),
  tax: functionOf<PriceCalculators['tax']>(),
  poolSize: wholeNumber(1, 10_000).default(10),
  maxReaderWaitMs: milliseconds.default(500),
  attempts: wholeNumber(1, 1000).default(10),
  applicationName: name.optional(),
  statementTimeoutMs: milliseconds.optional(),
  lockTimeoutMs: milliseconds.optional(),
});

/**
 * What a shop needs to know.
 *
 * - `url`: of the writer, as `shop_app`; `readerUrl`: of a reader, for the reads; default the writer.
 * - `payments`: the payment providers, each with a name of its own; `[]` where nothing is paid.
 * - `shipping`, `tax`: what an order is charged beside its goods; `noCharges` where there is nothing.
 * - `poolSize`: the most connections to each server, 1 to 10,000; default 10.
 * - `maxReaderWaitMs`: how long a read waits for the reader to have what the session wrote, before it reads from the
 *   writer; default 500.
 * - `attempts`: how often an operation runs at most; default 10.
 * - `applicationName`, `statementTimeoutMs`, `lockTimeoutMs`: those of `ormOptions`.
 */
export type ShopSettings = z.input<typeof settings>;
/** The settings with their defaults. */
export type ParsedShopSettings = z.output<typeof settings>;

/** @throws UserError `invalid-settings` with every fault, and nothing of a URL */
export function parseShopSettings(input: unknown): ParsedShopSettings {
  const result = settings.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'settings'}: ${message}`,
  );
  throw new UserError('invalid-settings', `The shop cannot be opened: ${faults.join('; ')}`, {
    hint: 'Correct each of them: the shop needs url, payments, shipping and tax.',
  });
}
