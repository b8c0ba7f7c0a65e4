import { randomBytes } from 'node:crypto';
import { partOf, type StripeForm, textOf } from './stripe-form.ts';

/** An object as Stripe's API has it. */
export interface StripeObject {
  id: string;
  object: string;
  [field: string]: unknown;
}

export interface Intent extends StripeObject {
  amount: number;
  amount_capturable: number;
  amount_received: number;
  currency: string;
  status: string;
  capture_method: string;
  latest_charge: string | null;
  metadata: Record<string, string>;
}

export interface Charge extends StripeObject {
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  captured: boolean;
  status: string;
  currency: string;
  payment_intent: string;
  balance_transaction: string | null;
  payment_method_details: { card: { capture_before?: number; multicapture: { status: string } } };
}

/** A refusal, as the API answers it. */
export class StripeRefusal extends Error {
  readonly status: number;
  readonly error: Record<string, unknown>;

  constructor(status: number, error: Record<string, unknown>) {
    super(String(error['message'] ?? error['code']));
    this.status = status;
    this.error = error;
  }
}

function refused(code: string, message = code): StripeRefusal {
  return new StripeRefusal(400, { type: 'invalid_request_error', code, message });
}

const newId = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`;
const now = () => Math.floor(Date.now() / 1000);

const holdSeconds = 7 * 24 * 3600;

/** The objects of an account, and the rules by which they change. Each change calls `report` with its event. */
export class StripeBooks {
  readonly objects = new Map<string, StripeObject>();
  readonly #report: (type: string, object: StripeObject, before?: object) => void;

  constructor(report: (type: string, object: StripeObject, before?: object) => void) {
    this.#report = report;
  }

  all<Type extends StripeObject>(object: string): Type[] {
    return [...this.objects.values()].filter((each): each is Type => each.object === object);
  }

  intent(id: string | undefined): Intent {
    return this.#find<Intent>(id, 'payment_intent');
  }

  charge(id: string | null | undefined): Charge {
    return this.#find<Charge>(id, 'charge');
  }

  refund(id: string): StripeObject {
    return this.#find(id, 'refund');
  }

  createIntent(form: StripeForm): Intent {
    const amount = Number(textOf(form, 'amount'));
    if (!(amount >= 1)) throw refused('amount_too_small');
    if (amount > 99_999_999) throw refused('amount_too_large');
    const id = newId('pi');
    const intent: Intent = {
      id,
      object: 'payment_intent',
      amount,
      amount_capturable: 0,
      amount_received: 0,
      currency: textOf(form, 'currency') ?? '',
      status: 'requires_confirmation',
      capture_method: textOf(form, 'capture_method') ?? 'automatic_async',
      client_secret: `${id}_secret_${randomBytes(8).toString('hex')}`,
      created: now(),
      latest_charge: null,
      last_payment_error: null,
      cancellation_reason: null,
      next_action: null,
      metadata: { ...partOf(form, 'metadata') },
      takes_captures: JSON.stringify(form).includes('"request_multicapture":"if_available"'),
    };
    this.objects.set(id, intent);
    const method = textOf(form, 'payment_method');
    const isRedirected = textOf(form, 'return_url') !== undefined;
    if (method === 'pm_card_authenticationRequired') {
      intent.status = 'requires_action';
      intent['next_action'] = isRedirected
        ? { type: 'redirect_to_url', redirect_to_url: { url: `https://hooks.example/3ds/${id}` } }
        : { type: 'use_stripe_sdk', use_stripe_sdk: {} };
      this.#report('payment_intent.requires_action', intent);
    } else if (method === 'pm_card_chargeDeclined') {
      this.#decline(intent, 'card_declined', 'generic_decline');
      const error = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' };
      throw new StripeRefusal(402, { ...error, message: 'Your card was declined.', payment_intent: intent });
    } else if (method === 'pm_card_visa') {
      this.#authorize(intent);
    } else throw refused('resource_missing', `No such PaymentMethod: '${method}'`);
    return intent;
  }

  /** The buyer passes 3-D Secure, or fails; then they may try another card in the same form. */
  authenticate(id: string, hasPassed: boolean): Intent {
    const intent = this.intent(id);
    if (!['requires_action', 'requires_payment_method'].includes(intent.status))
      throw refused('payment_intent_unexpected_state');
    intent['next_action'] = null;
    if (hasPassed) this.#authorize(intent);
    else this.#decline(intent, 'payment_intent_authentication_failure');
    return intent;
  }

  update(id: string, form: StripeForm): Intent {
    const intent = this.intent(id);
    Object.assign(intent.metadata, partOf(form, 'metadata'));
    if (Object.keys(intent.metadata).length > 50) throw refused('parameter_invalid', 'more than 50 keys');
    return intent;
  }

  capture(id: string, form: StripeForm): Intent {
    const intent = this.intent(id);
    const amount = Number(textOf(form, 'amount_to_capture') ?? intent.amount_capturable);
    if (intent.status !== 'requires_capture') throw refused('payment_intent_unexpected_state');
    if (amount > intent.amount_capturable || amount < 1) throw refused('amount_too_large');
    const isFinal = textOf(form, 'final_capture') !== 'false';
    const { multicapture } = this.charge(intent.latest_charge).payment_method_details.card;
    if (!isFinal && multicapture.status !== 'available') throw refused('payment_intent_invalid_parameter');
    this.update(id, form);
    this.#take(intent, amount, isFinal);
    return intent;
  }

  cancel(id: string, reason: string | null = null): Intent {
    const intent = this.intent(id);
    if (intent.status === 'succeeded' || intent.status === 'canceled' || intent.status === 'processing') {
      throw refused('payment_intent_unexpected_state', `It is ${intent.status}.`);
    }
    Object.assign(intent, {
      status: 'canceled',
      cancellation_reason: reason,
      amount_capturable: 0,
      next_action: null,
    });
    this.#report('payment_intent.canceled', intent);
    return intent;
  }

  createRefund(form: StripeForm): StripeObject {
    const intent = this.intent(textOf(form, 'payment_intent'));
    if (intent.amount_received === 0) throw refused('charge_not_captured');
    const charge = this.charge(intent.latest_charge);
    const amount = Number(textOf(form, 'amount') ?? charge.amount_captured - charge.amount_refunded);
    if (charge.amount_refunded + amount > charge.amount_captured) throw refused('amount_too_large');
    charge.amount_refunded += amount;
    const refund: StripeObject = {
      id: newId('re'),
      object: 'refund',
      amount,
      currency: charge.currency,
      charge: charge.id,
      payment_intent: intent.id,
      status: 'succeeded',
      created: now(),
      failure_balance_transaction: null,
      metadata: { ...partOf(form, 'metadata') },
    };
    this.objects.set(refund.id, refund);
    refund['balance_transaction'] = this.#book(refund, 'refund', -amount);
    this.#report('refund.created', refund);
    return refund;
  }

  /** The buyer's bank sends a refund back. */
  failRefund(id: string): StripeObject {
    const refund = this.refund(id);
    Object.assign(refund, { status: 'failed', failure_reason: 'lost_or_stolen_card' });
    this.charge(String(refund['charge'])).amount_refunded -= Number(refund['amount']);
    refund['failure_balance_transaction'] = this.#book(refund, 'refund_failure', Number(refund['amount']));
    this.#report('refund.failed', refund);
    return refund;
  }

  /** The buyer's bank takes captured money back. */
  dispute(intentId: string, amount: number): StripeObject {
    const intent = this.intent(intentId);
    const dispute: StripeObject = {
      id: newId('dp'),
      object: 'dispute',
      amount,
      currency: intent.currency,
      charge: intent.latest_charge,
      payment_intent: intent.id,
      status: 'needs_response',
      created: now(),
      balance_transactions: [],
    };
    this.objects.set(dispute.id, dispute);
    this.#report('charge.dispute.created', dispute);
    this.#bookDispute(dispute, -1);
    this.#report('charge.dispute.funds_withdrawn', dispute);
    return dispute;
  }

  /** The bank gives it back, or keeps it. */
  closeDispute(id: string, isWon: boolean): StripeObject {
    const dispute = this.#find(id, 'dispute');
    dispute['status'] = isWon ? 'won' : 'lost';
    if (isWon) {
      this.#bookDispute(dispute, 1);
      this.#report('charge.dispute.funds_reinstated', dispute);
    }
    this.#report('charge.dispute.closed', dispute);
    return dispute;
  }

  #bookDispute(dispute: StripeObject, sign: number): void {
    const category = sign < 0 ? 'dispute' : 'dispute_reversal';
    const id = this.#book(dispute, category, sign * Number(dispute['amount']));
    (dispute['balance_transactions'] as unknown[]).push(this.objects.get(id));
  }

  #find<Type extends StripeObject = StripeObject>(id: string | null | undefined, object: string): Type {
    const found = this.objects.get(id ?? '');
    if (found?.object === object) return found as Type;
    throw new StripeRefusal(404, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: `No ${object} ${id}`,
    });
  }

  #authorize(intent: Intent): void {
    const charge: Charge = {
      id: newId('ch'),
      object: 'charge',
      amount: intent.amount,
      amount_captured: 0,
      amount_refunded: 0,
      captured: false,
      status: 'succeeded',
      currency: intent.currency,
      payment_intent: intent.id,
      balance_transaction: null,
      payment_method_details: {
        card: {
          ...(intent.capture_method === 'manual' && { capture_before: now() + holdSeconds }),
          multicapture: { status: intent['takes_captures'] === true ? 'available' : 'unavailable' },
        },
      },
      created: now(),
      metadata: { ...intent.metadata },
    };
    this.objects.set(charge.id, charge);
    intent.latest_charge = charge.id;
    if (intent.capture_method !== 'manual') return this.#take(intent, intent.amount);
    intent.status = 'requires_capture';
    intent.amount_capturable = intent.amount;
    this.#report('charge.succeeded', charge);
    this.#report('payment_intent.amount_capturable_updated', intent);
  }

  #take(intent: Intent, amount: number, isFinal = true): void {
    const charge = this.charge(intent.latest_charge);
    const { amount_captured } = charge;
    Object.assign(charge, { captured: true, amount_captured: amount_captured + amount });
    charge.balance_transaction = this.#book(charge, 'charge', amount);
    const left = intent.amount - charge.amount_captured;
    const isDone = isFinal || left === 0;
    Object.assign(intent, {
      status: isDone ? 'succeeded' : 'requires_capture',
      amount_received: charge.amount_captured,
      amount_capturable: isDone ? 0 : left,
    });
    const type = intent.capture_method === 'manual' ? 'charge.captured' : 'charge.succeeded';
    this.#report(type, charge, { amount_captured });
    this.#report(isDone ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated', intent);
  }

  #decline(intent: Intent, code: string, declineCode?: string): void {
    intent.status = 'requires_payment_method';
    intent['last_payment_error'] = {
      type: 'card_error',
      code,
      ...(declineCode && { decline_code: declineCode }),
    };
    this.#report('payment_intent.payment_failed', intent);
  }

  #book(source: StripeObject, category: string, amount: number): string {
    const id = newId('txn');
    this.objects.set(id, {
      id,
      object: 'balance_transaction',
      amount,
      fee: 0,
      net: amount,
      currency: source['currency'],
      reporting_category: category,
      source: source.id,
      created: now(),
    });
    return id;
  }
}
