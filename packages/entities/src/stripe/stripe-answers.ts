import type { Stripe } from 'stripe';
import type { NextAction, ProviderAnswer } from '../payment/operations/payment-provider.ts';
import { fromStripeAmount } from './stripe-amount.ts';

/** Where the metadata of what we made has the idempotency key. */
export const keyName = 'dms_key';

/** What an intent is read with: {@link intentAnswer} needs its charge. */
export const withCharge = { expand: ['latest_charge'] };

/** The id of what may be expanded. */
export const idOf = (object: string | { id: string } | null | undefined): string | undefined =>
  typeof object === 'string' ? object : object?.id;

/** The outcome of an authorization; its charge is expanded. */
export function intentAnswer(intent: Stripe.PaymentIntent): ProviderAnswer {
  switch (intent.status) {
    case 'requires_capture':
    case 'succeeded':
      return {
        status: 'succeeded',
        reference: intent.id,
        amountMinor: fromStripeAmount(intent.amount, intent.currency),
        ...chargeAnswer(intent),
      };
    case 'requires_action':
      return { status: 'requires_action', action: nextAction(intent) };
    case 'requires_payment_method':
      return { status: 'failed', reason: reasonOf(intent.last_payment_error) };
    case 'canceled':
      return { status: 'failed', reason: intent.cancellation_reason ?? 'canceled' };
    default:
      return { status: 'pending' };
  }
}

/** What was captured at once, or until when it can be. */
function chargeAnswer({
  latest_charge: charge,
  capture_method: method,
}: Stripe.PaymentIntent): Pick<
  Extract<ProviderAnswer, { status: 'succeeded' }>,
  'capturedMinor' | 'captureReference' | 'expiresAt'
> {
  if (charge === null || typeof charge === 'string') return {};
  if (method === 'manual') {
    const { capture_before: endsAt } = charge.payment_method_details?.card ?? {};
    return endsAt === undefined ? {} : { expiresAt: new Date(endsAt * 1000) };
  }
  const captureReference = idOf(charge.balance_transaction);
  // Until it has one, `charge.updated` tells of the capture.
  if (!charge.captured || captureReference === undefined) return {};
  return { capturedMinor: fromStripeAmount(charge.amount_captured, charge.currency), captureReference };
}

function nextAction({ next_action: action, client_secret: clientSecret }: Stripe.PaymentIntent): NextAction {
  const url = action?.redirect_to_url?.url;
  return typeof url === 'string'
    ? { kind: 'redirect', url }
    : { kind: 'client-secret', clientSecret: clientSecret ?? '' };
}

/** The outcome of a refund. */
export function refundAnswer(refund: Stripe.Refund): ProviderAnswer {
  const { balance_transaction: booked } = refund;
  switch (refund.status) {
    case 'succeeded':
      return {
        status: 'succeeded',
        reference: idOf(booked) ?? refund.id,
      };
    case 'failed':
    case 'canceled':
      return { status: 'failed', reason: refund.failure_reason ?? refund.status };
    default:
      return { status: 'pending' };
  }
}

/** What the SDK throws, by its `type`. */
interface StripeFailure {
  type?: string;
  code?: string | null;
  decline_code?: string | null;
}

function reasonOf(error: StripeFailure | null | undefined): string {
  return error?.decline_code ?? error?.code ?? error?.type ?? 'no reason given';
}

/** Why Stripe has refused a request for good; undefined: it may have been done, or may be done later. */
export function refusalOf(error: unknown): string | undefined {
  const failure: StripeFailure = Object(error);
  const isRefusal = failure.type === 'StripeCardError' || failure.type === 'StripeInvalidRequestError';
  return isRefusal ? reasonOf(failure) : undefined;
}

/** Whether the account has nothing by that id. */
export function isMissing(error: unknown): boolean {
  return (Object(error) as StripeFailure).code === 'resource_missing';
}
