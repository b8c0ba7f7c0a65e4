import type { Stripe } from 'stripe';
import type { ProviderEvent, ProviderKind } from '../payment/operations/payment-provider.ts';
import { fromStripeAmount } from './stripe-amount.ts';
import { idOf, intentAnswer, keyName, refundAnswer } from './stripe-answers.ts';

interface Booked {
  kind: ProviderKind;
  reference: string | undefined;
  payment: string | { id: string } | null | undefined;
  paymentKey?: string | undefined;
  amount: number;
  currency: string;
}

function transaction(
  eventId: string,
  { kind, reference, payment, paymentKey, ...money }: Booked,
): ProviderEvent[] {
  const paymentReference = idOf(payment);
  // Of no payment intent: of another program of the account.
  if (paymentReference === undefined || reference === undefined) return [];
  const amountMinor = fromStripeAmount(money.amount, money.currency);
  const currencyCode = money.currency.toUpperCase();
  return [
    {
      type: 'transaction',
      eventId,
      transaction: { kind, reference, paymentReference, paymentKey, amountMinor, currencyCode },
    },
  ];
}

/** What an event reports; nothing where it is of no concern to payments. */
export async function readStripeEvent(stripe: Stripe, event: Stripe.Event): Promise<ProviderEvent[]> {
  const { id: eventId } = event;
  switch (event.type) {
    case 'payment_intent.amount_capturable_updated':
      return intentOutcome(eventId, await withItsCharge(stripe, event.data.object));
    case 'payment_intent.payment_failed': {
      // Events come in any order: the buyer may have passed with another card since.
      const intent = await stripe.paymentIntents.retrieve(event.data.object.id);
      return intent.status === 'requires_payment_method' ? intentOutcome(eventId, intent) : [];
    }
    case 'payment_intent.succeeded': {
      // Of one that waited for its capture, the authorization is known.
      if (event.data.object.capture_method === 'manual') return [];
      const intent = await withItsCharge(stripe, event.data.object);
      const outcome = intentAnswer(intent);
      // The same event has the same content whenever it comes: without a capture, the sweep finds the outcome.
      const isBooked = outcome.status === 'succeeded' && outcome.capturedMinor !== undefined;
      return isBooked ? intentOutcome(eventId, intent) : [];
    }
    case 'payment_intent.canceled':
      return await canceled(stripe, eventId, event.data.object);
    case 'charge.updated': {
      // Of anything else about it, too.
      const { amount_captured: captured, balance_transaction: booked } = event.data.previous_attributes ?? {};
      return captured === undefined && booked === undefined ? [] : captureEvent(eventId, event);
    }
    case 'charge.captured':
    case 'charge.succeeded':
      return captureEvent(eventId, event);
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return refundEvent(eventId, event.data.object);
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated': {
      const { balance_transactions: booked, payment_intent: payment, amount, currency } = event.data.object;
      const isTaken = event.type === 'charge.dispute.funds_withdrawn';
      const reference = booked.findLast((each) => each.amount < 0 === isTaken)?.id;
      const kind = isTaken ? 'dispute' : 'dispute_reversal';
      return transaction(eventId, { kind, reference, payment, amount, currency });
    }
    default:
      return [];
  }
}

/** An event has the charge as an id. */
async function withItsCharge(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<Stripe.PaymentIntent> {
  const charge = idOf(intent.latest_charge);
  if (charge === undefined) return intent;
  return { ...intent, latest_charge: (await stripe.charges.retrieve(charge)) as typeof intent.latest_charge };
}

function captureEvent(
  eventId: string,
  { data }: Stripe.ChargeCapturedEvent | Stripe.ChargeSucceededEvent | Stripe.ChargeUpdatedEvent,
): ProviderEvent[] {
  const { object: charge, previous_attributes: before } = data;
  // Of several captures, each has a balance transaction, and the charge their sum.
  const amount = charge.amount_captured - (before?.amount_captured ?? 0);
  if (charge.amount_captured === 0 || amount <= 0 || charge.status !== 'succeeded') return [];
  return transaction(eventId, {
    kind: 'capture',
    // Null until an asynchronous capture is done; `charge.updated` tells of that.
    reference: idOf(charge.balance_transaction),
    payment: charge.payment_intent,
    paymentKey: charge.metadata[keyName],
    amount,
    currency: charge.currency,
  });
}

/** Of one of ours: the outcome of its key. */
function intentOutcome(eventId: string, intent: Stripe.PaymentIntent): ProviderEvent[] {
  const idempotencyKey = intent.metadata[keyName];
  const outcome = intentAnswer(intent);
  const isOutcome = outcome.status === 'succeeded' || outcome.status === 'failed';
  return idempotencyKey === undefined || !isOutcome
    ? []
    : [{ type: 'outcome', eventId, idempotencyKey, outcome }];
}

/** One that was authorized is voided; any other has failed. */
async function canceled(
  stripe: Stripe,
  eventId: string,
  intent: Stripe.PaymentIntent,
): Promise<ProviderEvent[]> {
  const charge = idOf(intent.latest_charge);
  const wasAuthorized =
    charge !== undefined && (await stripe.charges.retrieve(charge)).status === 'succeeded';
  if (!wasAuthorized) return intentOutcome(eventId, intent);
  // What was captured before stays.
  if (intent.amount_received > 0) return [];
  return transaction(eventId, {
    kind: 'void',
    reference: intent.id,
    payment: intent.id,
    paymentKey: intent.metadata[keyName],
    amount: intent.amount,
    currency: intent.currency,
  });
}

function refundEvent(eventId: string, refund: Stripe.Refund): ProviderEvent[] {
  const { metadata, payment_intent: payment, amount, currency } = refund;
  const outcome = refundAnswer(refund);
  const idempotencyKey = metadata?.[keyName];
  if (outcome.status !== 'succeeded' && outcome.status !== 'failed') return [];
  if (idempotencyKey !== undefined) return [{ type: 'outcome', eventId, idempotencyKey, outcome }];
  const reference = idOf(refund.balance_transaction) ?? refund.id;
  if (outcome.status === 'succeeded') {
    return transaction(eventId, { kind: 'refund', reference, payment, amount, currency });
  }
  // It had left the balance, and came back.
  return refund.failure_balance_transaction
    ? transaction(eventId, { kind: 'refund_reversal', reference, payment, amount, currency })
    : [];
}
