import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  type ExploredState,
  exploreStates,
  type StateOperation,
  statesWithout,
} from '../../../test/explore-states.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  key,
  locationId,
  type PlacedTestOrder,
  placeOrder,
  stockedVariant,
} from '../../../test/placed-order.ts';
import {
  AmountExceeds,
  approveReturn,
  authorizePayment,
  cancelLines,
  cancelOrder,
  cancelReturn,
  capturePayment,
  declineReturn,
  getOrder,
  deliverShipment,
  handleWebhook,
  PaymentOutcomeUnknown,
  noCharges,
  type OrderEditRequest,
  orderEditsWith,
  type ProviderAnswer,
  type ProviderKind,
  type ProviderRequest,
  receiveReturn,
  receiveStock,
  refundOrder,
  refundPayment,
  refundReturn,
  requestReturn,
  returnLines,
  returnMoney,
  shipOrder,
  sweepPendingTransactions,
  voidPayment,
} from '../../index.ts';
import { InMemoryPaymentProvider, type ProviderBehaviour } from '../../testing/index.ts';

const { shop, em } = useOrderShop();

/** Behaves as it is told until it is told otherwise: an operation that is refused here sends no request. */
class MoodyProvider extends InMemoryPaymentProvider {
  mood: ProviderBehaviour | undefined;

  override async submit(request: ProviderRequest): Promise<ProviderAnswer> {
    if (this.mood !== undefined) this.behave(this.mood);
    return await super.submit(request);
  }
}

/** An order with the provider of its payments. */
interface Subject extends PlacedTestOrder {
  provider: MoodyProvider;
  /** Of the payments of its state. */
  paymentIds: string[];
  /** The payments whose authorization has ended at the provider. */
  expired: Set<string>;
}

/** What decides which operations are possible. Payments that have ended (failed, voided, refunded) are left out. */
interface State {
  order: string;
  totalMinor: number;
  /** Of all its lines. */
  line: { shipped: number; cancelled: number; returned: number; edits: number };
  shipments: string[];
  /** The statuses of its returns that have not ended. */
  returns: string[];
  creditedMinor: number;
  payments: (Payment & { isExpired: boolean })[];
}

interface Payment {
  status: string;
  authorized: number;
  captured: number;
  refunded: number;
  disputed: number;
  /** The kinds of its transactions without an outcome. */
  pending: string[];
  /** Whether its authorization waits for the buyer. */
  isWaiting: boolean;
  /** Whether its last capture was refused. */
  isRefused: boolean;
}

const payments = `select p.id, p.status, p.authorized_minor as authorized, p.captured_minor as captured,
    p.refunded_minor as refunded, p.disputed_minor as disputed,
    array(select t.kind from payment_transaction t where t.payment_id = p.id and t.status = 'pending'
      order by t.kind) as pending,
    exists (select from payment_transaction t where t.payment_id = p.id and t.status = 'pending'
      and t.action_required_at is not null) as "isWaiting",
    coalesce((select t.status = 'failed' from payment_transaction t
      where t.payment_id = p.id and t.kind = 'capture' order by t.created_at desc limit 1), false) as "isRefused"
  from payment p where p.order_id = o.id and p.status in ('pending', 'authorized', 'captured')
  order by p.created_at`;

async function read(subject: Subject): Promise<State> {
  const [row] = await shop().rows<Omit<State, 'payments'> & { payments: (Payment & { id: string })[] }>(`
    select o.status as "order", o.total_minor::integer as "totalMinor",
      (select json_build_object('shipped', sum(shipped_quantity), 'cancelled', sum(cancelled_quantity),
        'returned', sum(returned_quantity), 'edits', count(edit_number)) from order_line where order_id = o.id) as line,
      array(select status from shipment where order_id = o.id order by created_at) as shipments,
      array(select status from return_request where order_id = o.id and status in ('requested', 'approved', 'received')
        order by created_at) as returns,
      coalesce((select credited_minor from order_credit where order_id = o.id), 0)::integer as "creditedMinor",
      coalesce((select json_agg(p) from (${payments}) p), '[]') as payments
    from sales_order o where o.id = '${subject.orderId}'`);
  if (row === undefined) throw new Error(`no order ${subject.orderId}`);
  subject.paymentIds = row.payments.map(({ id }) => id);
  return {
    ...row,
    payments: row.payments.map(({ id, ...each }) => ({ ...each, isExpired: subject.expired.has(id) })),
  };
}

const begin = (units: number) => async (): Promise<Subject> => {
  const order = await placeOrder(shop(), { [await stockedVariant(shop(), units)]: units });
  return { ...order, provider: new MoodyProvider(randomUUID()), paymentIds: [], expired: new Set() };
};

type Step = StateOperation<Subject, State>;

/** Authorizes all that is left to pay, as the refusal of more says. */
const authorize: Step = {
  async run({ orderId, provider }, { totalMinor }) {
    const request = { orderId, paymentMethod: 'tok' };
    const pay = (amountMinor: bigint) =>
      authorizePayment(em(), provider, { ...key(), ...request, amountMinor });
    try {
      await pay(BigInt(totalMinor));
    } catch (error) {
      if (!(error instanceof AmountExceeds) || error.availableMinor <= 0n) throw error;
      await pay(error.availableMinor);
    }
  },
};

/** A change of the last payment that has not ended. */
const change = (apply: typeof capturePayment): Step => ({
  when: (state) => state.payments.length > 0,
  run: ({ provider, paymentIds }) => apply(em(), provider, { ...key(), paymentId: paymentIds.at(-1) ?? '' }),
});

/** A change of the one before that. */
const changeOfFirst = (apply: typeof capturePayment): Step => ({
  when: (state) => state.payments.length > 1,
  run: ({ provider, paymentIds }) => apply(em(), provider, { ...key(), paymentId: paymentIds[0] ?? '' }),
});

/** What goes wrong does so with one payment at a time, so that the number of states is bounded. */
const wrong = (behaviour: ProviderBehaviour, { when, run }: Step): Step => ({
  when: (state) => state.payments.length <= 1 && (when?.(state) ?? true),
  async run(subject, state) {
    subject.provider.mood = behaviour;
    try {
      await run(subject, state);
    } finally {
      subject.provider.mood = undefined;
    }
  },
});

const expire: Step = {
  when: ({ payments: [payment, second] }) => payment?.isExpired === false && second === undefined,
  async run({ provider, expired, paymentIds }) {
    provider.expireAuthorizations();
    for (const id of paymentIds) expired.add(id);
  },
};

const answers: Step = {
  when: ({ payments }) => payments.some(({ pending }) => pending.length > 0),
  run: ({ provider }) => sweepPendingTransactions(em(), provider, { minAgeMs: 0 }),
};

const deliver: Step = {
  when: ({ shipments }) => shipments.includes('shipped'),
  async run({ orderId }) {
    const [shipment] = await shop().rows<{ id: string }>(
      `select id from shipment where order_id = '${orderId}' and status = 'shipped' order by created_at limit 1`,
    );
    await deliverShipment(em(), { shipmentId: shipment?.id ?? '' });
  },
};

const oneUnit = ({ orderId, lineId }: Subject) => ({
  ...key(),
  orderId,
  lines: [{ lineId, quantity: 1 }],
});

const cancel: Step = { run: ({ orderId }) => cancelOrder(em(), { orderId }) };
const goods: Record<string, Step> = {
  cancel,
  'cancel a unit': { run: (subject) => cancelLines(em(), oneUnit(subject)) },
  'ship a unit': { run: (subject) => shipOrder(em(), oneUnit(subject)) },
  deliver,
  'return a unit': { run: (subject) => returnLines(em(), { ...oneUnit(subject), restock: true }) },
};

/** A step of the first return that has not ended. */
const ofReturn = (status: string, run: (returnId: string, subject: Subject) => Promise<unknown>): Step => ({
  when: ({ returns }) => returns.includes(status),
  async run(subject) {
    const [found] = await shop().rows<{ id: string }>(
      `select id from return_request where order_id = '${subject.orderId}' and status = '${status}'
       order by created_at limit 1`,
    );
    await run(found?.id ?? '', subject);
  },
});

const { quoteOrderEdit, editOrder } = orderEditsWith({ tax: noCharges });

const edit = async (orderId: string, changes: OrderEditRequest['changes']) => {
  const { totalMinor } = await quoteOrderEdit(em(), { orderId, changes });
  await editOrder(em(), { ...key(), orderId, changes, expectedTotalMinor: totalMinor });
};

const addedLine = async (orderId: string) =>
  (await getOrder(em(), { orderId })).lines.find(({ editNumber }) => editNumber !== null)?.lineId ?? '';

const edits: Record<string, Step> = {
  // One line is added, so that the number of states is bounded.
  'add a line': {
    when: ({ line }) => line.edits === 0,
    run: async ({ orderId }) => {
      const { lines } = await getOrder(em(), { orderId });
      const variantId = lines[0]?.variantId ?? '';
      await receiveStock(em(), {
        ...key(),
        locationId: await locationId(shop()),
        lines: [{ variantId, quantity: 1 }],
      });
      await edit(orderId, [{ variantId, quantity: 1 }]);
    },
  },
  'take the line back': {
    when: ({ line }) => line.edits > 0,
    run: async ({ orderId }) => edit(orderId, [{ lineId: await addedLine(orderId), quantity: 0 }]),
  },
  'take the other off': {
    when: ({ line }) => line.edits > 0,
    run: async ({ orderId, lineId }) => edit(orderId, [{ lineId, quantity: 0 }]),
  },
  'ship all': { run: ({ orderId }) => shipOrder(em(), { ...key(), orderId }) },
};

const refundUnit: Step = {
  run: ({ orderId, lineId, provider }) =>
    refundOrder(em(), provider, { ...key(), orderId, lines: [{ lineId, quantity: 1 }] }),
};
const refundReceived = ofReturn('received', (returnId, { provider }) =>
  refundReturn(em(), provider, { ...key(), returnId }),
);

const returnTheMoney: Step = { run: ({ orderId, provider }) => returnMoney(em(), provider, { orderId }) };

const returns: Record<string, Step> = {
  'ask to return a unit': { run: (subject) => requestReturn(em(), oneUnit(subject)) },
  approve: ofReturn('requested', (returnId) => approveReturn(em(), { returnId })),
  decline: ofReturn('requested', (returnId) => declineReturn(em(), { returnId })),
  'cancel what was asked': ofReturn('requested', (returnId) => cancelReturn(em(), { returnId })),
  'cancel what was approved': ofReturn('approved', (returnId) => cancelReturn(em(), { returnId })),
  receive: ofReturn('approved', (returnId, { lineId }) =>
    receiveReturn(em(), { ...key(), returnId, lines: [{ lineId, quantity: 1, restock: true }] }),
  ),
  'refund the return': refundReceived,
  'refund a unit': refundUnit,
  'return the money': returnTheMoney,
};

const money: Record<string, Step> = {
  authorize,
  expire,
  answers,
  capture: change(capturePayment),
  'capture of the first': changeOfFirst(capturePayment),
  refund: change(refundPayment),
  'refund of the first': changeOfFirst(refundPayment),
  void: change(voidPayment),
  'void of the first': changeOfFirst(voidPayment),
};

const outcomes: Record<string, Step> = {
  'authorize, declined': wrong('decline', authorize),
  'authorize, answered later': wrong('answer-later', authorize),
  'capture, answered later': wrong('answer-later', change(capturePayment)),
  'refund, answered later': wrong('answer-later', change(refundPayment)),
  'void, answered later': wrong('answer-later', change(voidPayment)),
};

/** The payment of an order that has one, with what the provider calls it. */
async function onlyPayment({ paymentIds: [id] }: Subject) {
  const [row] = await shop().rows<{
    reference: string;
    authorized: string;
    captured: string;
    refunded: string;
    disputed: string;
  }>(
    `select provider_reference as reference, authorized_minor as authorized, captured_minor as captured, refunded_minor as refunded,
       disputed_minor as disputed from payment where id = '${id}'`,
  );
  if (row === undefined) throw new Error(`no payment ${id}`);
  return row;
}

/** What is done at the provider without us. */
const happens = (
  kind: ProviderKind,
  amountOf: (payment: Awaited<ReturnType<typeof onlyPayment>>) => string,
  when: (payment: Payment) => boolean,
): Step => ({
  when: ({ payments: [payment, second] }) => payment !== undefined && second === undefined && when(payment),
  async run(subject) {
    const { provider } = subject;
    const payment = await onlyPayment(subject);
    const delivery = provider.happens({
      kind,
      reference: randomUUID(),
      paymentReference: payment.reference,
      amountMinor: BigInt(amountOf(payment)),
      currencyCode: 'EUR',
    });
    await handleWebhook(em(), provider, delivery);
  },
});

const dispute = happens(
  'dispute',
  (payment) => payment.captured,
  ({ captured, disputed }) => captured > 0 && disputed === 0,
);

/** The request is on its way for longer than anybody thought: it had failed, and succeeds. */
const authorizedLate: Step = {
  async run(subject, state) {
    const { provider, orderId } = subject;
    try {
      await authorize.run(subject, state);
    } catch (error) {
      if (!(error instanceof PaymentOutcomeUnknown)) throw error;
    }
    provider.mood = undefined;
    const [lost] = await shop().rows<{ key: string; amount: string }>(
      `select idempotency_key as key, t.amount_minor as amount from payment_transaction t
         join payment p on p.id = t.payment_id where p.order_id = '${orderId}' order by t.created_at desc limit 1`,
    );
    await sweepPendingTransactions(em(), provider, { minAgeMs: 0, abandonAgeMs: 0 });
    if (lost === undefined) throw new Error('nothing was written');
    await provider.submit({
      kind: 'authorize',
      idempotencyKey: lost.key,
      amountMinor: BigInt(lost.amount),
      currencyCode: 'EUR',
      paymentMethod: 'tok',
    });
    for (const webhook of provider.webhooks) await handleWebhook(em(), provider, webhook);
  },
};

/** Refunds all, which the bank sends back. */
const refundReversed: Step = {
  ...happens(
    'refund_reversal',
    (payment) => payment.refunded,
    () => true,
  ),
  async run(subject, state) {
    await change(refundPayment).run(subject, state);
    await happens(
      'refund_reversal',
      (payment) => payment.refunded,
      () => true,
    ).run(subject, state);
  },
};

const acts: Step = {
  when: ({ payments }) => payments.some(({ isWaiting }) => isWaiting),
  async run({ provider, orderId }) {
    const [waiting] = await shop().rows<{ key: string }>(
      `select t.idempotency_key as key from payment_transaction t join payment p on p.id = t.payment_id
       where p.order_id = '${orderId}' and t.status = 'pending' and t.action_required_at is not null
       order by p.created_at limit 1`,
    );
    provider.act(waiting?.key ?? '');
    await sweepPendingTransactions(em(), provider, { minAgeMs: 0 });
  },
};

const leaves: Step = {
  ...acts,
  run: ({ provider }) => sweepPendingTransactions(em(), provider, { minAgeMs: 0, authorizationMaxAgeMs: 0 }),
};

const externals: Record<string, Step> = {
  // What waits for the buyer leaves all to pay, and what they dispute again: no third payment, and none expires.
  authorize: { ...authorize, when: ({ payments }) => payments.length <= 1 },
  expire: { ...expire, when: () => false },
  'authorize, needs the buyer': wrong('require-action', authorize),
  'the buyer acts': acts,
  'the buyer leaves': leaves,
  'authorize, succeeds late': wrong('lose-request', authorizedLate),
  'refund, sent back': refundReversed,
  'refund in the dashboard': happens(
    'refund',
    (payment) => payment.captured,
    ({ captured, refunded }) => captured > 0 && refunded === 0,
  ),
  'void in the dashboard': happens(
    'void',
    (payment) => payment.authorized,
    ({ status, pending }) => status === 'authorized' && pending.length === 0,
  ),
  dispute,
  'dispute, won': happens(
    'dispute_reversal',
    (payment) => payment.disputed,
    ({ disputed }) => disputed > 0,
  ),
};

const keptMinor = ({ payments }: State) =>
  payments.reduce(
    (sum, { captured, refunded, disputed }) => sum + Math.max(captured - refunded - disputed, 0),
    0,
  );
const isSettled = ({ payments, shipments, returns }: State) =>
  returns.length === 0 &&
  payments.every(({ status, pending }) => status === 'captured' && pending.length === 0) &&
  shipments.every((status) => status === 'delivered' || status === 'returned');
const costsMinor = ({ totalMinor, creditedMinor }: State) => totalMinor - creditedMinor;
const isGivenUp = ({ order }: State) => order === 'cancelled' || order === 'returned';

/** The order, its payments and its shipments have come to an end, and an order that is given up holds no money. */
const hasEnded = (state: State) =>
  isSettled(state) && (state.order === 'completed' || (isGivenUp(state) && keptMinor(state) === 0));
/** It was delivered, and paid in full but for what was credited. */
const isPaid = (state: State) =>
  isSettled(state) && state.order === 'completed' && keptMinor(state) === costsMinor(state);

/** All of an order that was returned has come back, and no order holds more than its total. */
const agrees = (state: State) =>
  keptMinor(state) <= state.totalMinor &&
  (state.order !== 'returned' || state.shipments.every((status) => status === 'returned'));

const shown = (found: ExploredState<State>[]) =>
  found.map(({ trail, state }) => `${trail.join(', ')}: ${JSON.stringify(state)}`);

const walks = [
  {
    what: 'one unit, returned on request and refunded',
    units: 1,
    operations: {
      ...goods,
      ...returns,
      authorize,
      answers,
      capture: change(capturePayment),
      void: change(voidPayment),
      'refund a unit, answered later': wrong('answer-later', refundUnit),
      'refund the return, declined': wrong('decline', refundReceived),
    },
  },
  {
    what: 'one unit, edited before it is shipped',
    units: 1,
    operations: {
      ...edits,
      cancel,
      deliver,
      authorize,
      capture: change(capturePayment),
      'capture of the first': changeOfFirst(capturePayment),
      void: change(voidPayment),
      'return the money': returnTheMoney,
    },
  },
  {
    what: 'two units, shipped, cancelled and returned in parts',
    units: 2,
    operations: { ...goods, ...money },
  },
  {
    what: 'one unit, whatever the provider answers',
    units: 1,
    operations: { ...goods, ...money, ...outcomes },
  },
  {
    what: 'one unit, whatever the buyer and the provider do without us',
    units: 1,
    operations: { ...goods, ...money, ...externals },
  },
];

test.each(walks)(
  'from every state of an order of $what an end is reached, and payment in full unless it is given up',
  { timeout: 180_000 },
  async ({ units, operations }) => {
    const states = await exploreStates<Subject, State>({ begin: begin(units), read, operations });
    // An operation that leads to different states from one state may leave some that were not gone on from.
    expect(shown([...states.values()].filter(({ untried }) => untried.length > 0))).toEqual([]);
    expect(shown([...states.values()].filter(({ state }) => !agrees(state)))).toEqual([]);
    expect(shown(statesWithout(states, hasEnded))).toEqual([]);
    expect(shown(statesWithout(states, isPaid).filter(({ state }) => !isGivenUp(state)))).toEqual([]);
  },
);
