import { z } from '@hono/zod-openapi';

/** Minor units, as the decimal digits of `jsonForm`: a JSON number would lose some. */
export const minorText = z
  .string()
  .regex(/^\d{1,15}$/)
  .openapi({ example: '2499' });
/** The same, as the shop takes it. */
export const minorInput = minorText.transform(BigInt).openapi({ type: 'string', example: '2499' });

export const id = z.uuid();

/** A client makes one for each intent, and sends the same when it repeats the request. */
export const keyHeader = z.object({
  'idempotency-key': z.string().min(1).max(200).openapi({ example: 'click-1' }),
});

export const address = z.strictObject({
  fullName: z.string(),
  line1: z.string(),
  line2: z.string().optional(),
  city: z.string(),
  region: z.string().optional(),
  postalCode: z.string().optional(),
  countryCode: z.string().openapi({ example: 'US' }),
});

export const destination = address.pick({ countryCode: true, region: true, postalCode: true });

export const cart = z.object({
  id,
  currencyCode: z.string(),
  priceList: z.string(),
  expiresAt: z.iso.datetime(),
});

export const cartLine = z.object({ quantity: z.int(), unitPriceMinor: minorText });

export const quote = z.object({
  totalMinor: minorText,
  subtotalMinor: minorText,
  discountMinor: minorText,
  shippingMinor: minorText,
  /** In the total anyway; where `taxIncluded`, also in the prices: those of the labels. */
  taxMinor: minorText,
  taxIncluded: z.boolean(),
  taxBreakdown: z.array(z.looseObject({ code: z.string(), taxMinor: minorText })),
  fingerprint: z.string(),
});

export const order = z.object({ id, number: z.string(), totalMinor: minorText });

export const lines = z.array(z.strictObject({ lineId: id, quantity: z.int() }));

export const taxedAmount = z.object({ netMinor: minorText, taxMinor: minorText, grossMinor: minorText });

/** `pendingMinor`: what providers have under way; `openMinor`: what is still to be returned. */
export const refunded = z.object({
  orderId: id,
  grossMinor: minorText,
  pendingMinor: minorText,
  openMinor: minorText,
});

export const returned = z.object({ returnId: id, orderId: id, status: z.string() });

export const listedOrder = order.extend({
  customerId: id.optional(),
  status: z.string(),
  currencyCode: z.string(),
  placedAt: z.iso.datetime(),
});

export const payment = z.object({
  paymentId: id,
  orderId: id,
  orderStatus: z.string(),
  status: z.string(),
  amountMinor: minorText,
  authorizedMinor: minorText,
  capturedMinor: minorText,
  refundedMinor: minorText,
  transactionStatus: z.enum(['pending', 'succeeded']),
  nextAction: z
    .union([
      z.object({ kind: z.literal('redirect'), url: z.string() }),
      z.object({ kind: z.literal('client-secret'), clientSecret: z.string() }),
    ])
    .optional(),
});

export const product = z.object({ id, handle: z.string(), title: z.string() });
