import { shopChecks } from '@ecommerce-dms/entities/checks';
import { validate } from '@ecommerce-dms/validator';
import { withClient } from '../database/with-client.ts';
import { causesOf } from './causes-of.ts';
import { type Warning, warningsOf } from './warnings.ts';
import type { DrillShop } from './drill-shop.ts';
import { findForgotten } from './find-forgotten.ts';
import type { LastCoupons } from './last-coupons.ts';
import type { LastUnits } from './last-units.ts';
import type { MixedLoad } from './mixed-load.ts';
import type { RepeatedKey } from './repeat-key.ts';

/** What the drill's parts have found out. */
export interface DrillFigures {
  lastUnits: LastUnits;
  lastCoupons: LastCoupons;
  repeatedKey: RepeatedKey;
  mixedLoad: MixedLoad;
}

/** What was lost or wrong, each as a sentence; empty when nothing was. */
export async function findLosses(
  { adminUrl }: DrillShop,
  { lastUnits, lastCoupons, repeatedKey, mixedLoad }: DrillFigures,
  signal: AbortSignal,
): Promise<{ checks: number; warnings: Warning[]; losses: string[] }> {
  const { clients, units, sold, refused } = lastUnits;
  const expected = Math.min(units, clients);
  // Nothing waits any more: what does is told, however short it has waited.
  const graces = { pendingTransactionMaxAgeMs: 0, returnMoneyGraceMs: 0, outboxMaxAgeMs: 0 };
  // Each row of a warning needs its reason.
  const sampleLimit = 100_000;
  const report = await validate({ url: adminUrl, checks: shopChecks(graces), sampleLimit, signal });
  const { tally, settlement, workers } = mixedLoad;
  const { missing, total } = await compareOrders(adminUrl, tally);
  const money = await bookedMoney(adminUrl);
  const unannounced =
    total - (tally.placed.length - missing.length) - sold - lastCoupons.used - repeatedKey.orders;
  const unpublished = tally.placed.filter(({ id }) => !workers.published.has(id));
  const warnings = warningsOf(report.checks, await causesOf(adminUrl, mixedLoad));
  const losses = [
    sold !== expected && `${sold} of the last ${units} units were sold, not ${expected}.`,
    sold + refused !== clients && `${clients - sold - refused} clients got no answer about the last units.`,
    lastCoupons.used !== Math.min(lastCoupons.limit, clients) &&
      `A coupon for ${lastCoupons.limit} orders was used for ${lastCoupons.used}.`,
    lastCoupons.used + lastCoupons.refused !== clients &&
      `${clients - lastCoupons.used - lastCoupons.refused} clients got no answer about the coupon.`,
    repeatedKey.orders !== 1 &&
      `One key, sent ${repeatedKey.requests} times, made ${repeatedKey.orders} orders.`,
    told(tally.contradictions, 'keys were answered in two ways'),
    ...(await findForgotten(adminUrl, tally)),
    told(settlement.sweepErrors, 'transactions could not be swept'),
    told(settlement.returnErrors, 'orders keep money that could not be returned'),
    settlement.untakenWebhooks > 0 &&
      `${settlement.untakenWebhooks} webhooks are not taken: ${JSON.stringify(mixedLoad.webhooks.refused)}.`,
    told(
      settlement.differences.map(
        ({ difference, kind, reference, bookedMinor, listedMinor }) =>
          `${difference} ${kind} ${reference} (booked ${bookedMinor}, listed ${listedMinor})`,
      ),
      "differences between the books and the provider's list",
    ),
    told(workers.setAside, 'events were set aside'),
    missing.length > 0 && `${missing.length} acknowledged orders are not there: ${sample(missing)}.`,
    unannounced !== 0 && `${unannounced} orders were made that no client got an answer about.`,
    unpublished.length > 0 &&
      `The events of ${unpublished.length} orders were not published: ${sample(unpublished.map(({ id }) => id))}.`,
    ...(['authorizedMinor', 'capturedMinor', 'refundedMinor'] as const).map(
      (sum) =>
        money[sum] !== mixedLoad.money[sum] &&
        `The payments have ${money[sum]} as ${sum}, the provider ${mixedLoad.money[sum]}.`,
    ),
    told(tally.unexpected, 'operations failed'),
    ...report.checks
      .filter(({ state, severity }) => state === 'error' || (state === 'failed' && severity === 'error'))
      .map(
        ({ id, state, message, findings }) =>
          `The check ${id} ${state === 'error' ? 'could not be evaluated' : 'failed'}: ${message} ${JSON.stringify(findings.slice(0, 2))}`,
      ),
    ...warnings
      .filter(({ reason }) => reason === undefined)
      .map(({ check, message }) => `The check ${check} warns: ${message}`),
  ];
  return { checks: report.checks.length, warnings, losses: losses.filter((loss) => loss !== false) };
}

/** The acknowledged orders that are not in the database as they and their edits were acknowledged, and how many orders it has. */
async function compareOrders(
  url: string,
  { placed, addedMinor }: MixedLoad['tally'],
): Promise<{ missing: string[]; total: number }> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ id: string; number: string; total: string; cart: string }>(
      'select id, number, total_minor as total, cart_id as cart from sales_order',
    );
    const orders = new Map(rows.map((row) => [row.id, row]));
    const isThere = ({ id, number, totalMinor, cartId }: MixedLoad['tally']['placed'][number]) => {
      const order = orders.get(id);
      const total = totalMinor + (addedMinor.get(id) ?? 0n);
      return order?.number === number.toString() && order.total === total.toString() && order.cart === cartId;
    };
    const missing = placed.filter((order) => !isThere(order)).map(({ id }) => id);
    return { missing, total: rows.length };
  });
}

async function bookedMoney(url: string): Promise<MixedLoad['money']> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<Record<keyof MixedLoad['money'], string>>(
      `select coalesce(sum(authorized_minor), 0) as "authorizedMinor",
         coalesce(sum(captured_minor), 0) as "capturedMinor", coalesce(sum(refunded_minor), 0) as "refundedMinor"
       from payment`,
    );
    return {
      authorizedMinor: BigInt(rows[0]?.authorizedMinor ?? 0),
      capturedMinor: BigInt(rows[0]?.capturedMinor ?? 0),
      refundedMinor: BigInt(rows[0]?.refundedMinor ?? 0),
    };
  });
}

function told(faults: string[], what: string): string | false {
  return faults.length > 0 && `${faults.length} ${what}: ${sample(faults)}.`;
}

function sample(items: string[]): string {
  return items.length > 3 ? `${items.slice(0, 3).join(', ')}...` : items.join(', ');
}
