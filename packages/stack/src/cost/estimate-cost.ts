import { UserError } from '@ecommerce-dms/errors';
import { requireStack } from '../model/require-stack.ts';
import type { StackJson } from '../model/stack-json.ts';
import { number, StackModel, type StackResource } from '../model/stack-model.ts';
import { type CostGroup, type CostItem, type CostItems, groupOf } from './cost-item.ts';
import { literalFault } from './literal-attributes.ts';
import { type PriceList, priceList, priceOf } from './price-list.ts';
import type { Price, PriceQuality } from './prices/price.ts';
import { isFree, pricers } from './pricers.ts';
import { type Range, sumOf, times } from './range.ts';
import { notEstimated, type UsageAssumptions, usageAssumptions } from './usage-assumptions.ts';

/** Hours in a month, as AWS counts them. */
export const hoursPerMonth = 730;

/** Currency of a report. AWS's prices are in USD. */
export type Currency = 'USD' | 'EUR';

/** Amounts in the currency of the report. Low and high differ where they depend on use. */
export interface Amounts {
  readonly hourly: Range;
  /** For the hours that were asked for. */
  readonly period: Range;
  /** For 730 hours. */
  readonly monthly: Range;
}

/** What one component of a resource costs. */
export interface CostRow extends Amounts {
  readonly group: CostGroup;
  readonly component: string;
  /** Terraform address. */
  readonly resource: string;
  /** How many at a time for a price per hour; how many a month for every other price. */
  readonly quantity: Range;
  readonly per: Price['per'];
  /** In the currency of the report. */
  readonly unitPrice: number;
  /** Whether it rests on an assumption of use. */
  readonly usageBased: boolean;
  readonly source: string;
  readonly quality: PriceQuality;
}

/** Something that costs money, and is not in the total. */
export interface Unpriced {
  /** Terraform address. */
  readonly resource: string;
  readonly reason: string;
  /** What the price list would need; undefined where a price would not help. */
  readonly price?: { readonly region: string; readonly key: string };
}

/** What a stack costs, by component. */
export interface CostReport {
  readonly region: string;
  readonly hours: number;
  readonly currency: Currency;
  /** The rate that was applied; undefined for USD. */
  readonly exchange: PriceList['eurPerUsd'] | undefined;
  readonly pricesAsOf: string;
  readonly rows: readonly CostRow[];
  readonly groups: Readonly<Record<CostGroup, Amounts>>;
  /** The amounts of everything that has a price. */
  readonly total: Amounts;
  /** How much of the total rests on prices of quality `not verified`. */
  readonly unverified: Amounts;
  /** Whether everything that an estimate can have is in the total: nothing is unpriced. */
  readonly complete: boolean;
  /** What is not in the total, each with the reason. */
  readonly unpriced: readonly Unpriced[];
  /** Costs that no estimate includes. */
  readonly notEstimated: readonly string[];
}

/** What an estimate is for, and what it rests on. */
export interface CostOptions {
  /** How long the environment runs. */
  readonly hours: number;
  /** Default `USD`. */
  readonly currency?: Currency;
  /** Default: {@link priceList}. */
  readonly prices?: PriceList;
  /** Default: {@link usageAssumptions}. */
  readonly usage?: UsageAssumptions;
}

/**
 * What a stack costs, on demand and without any free tier. Each resource is priced in its own region.
 *
 * @param given the stack, as synthesized, or as applied
 * @throws UserError `invalid-settings`: the hours are negative or no number
 * @throws UserError `stack-empty`: the synthesized stack has neither a resource nor a module
 * @example
 * ```ts
 * const report = estimateCost(json, { hours: 24, currency: 'EUR' }); // json: of `synthesize`
 * console.log(renderCost(report));
 * ```
 */
export function estimateCost(given: StackJson | StackModel, options: CostOptions): CostReport {
  const { hours, currency = 'USD', prices = priceList, usage = usageAssumptions } = options;
  if (!Number.isFinite(hours) || hours < 0) {
    throw new UserError('invalid-settings', `The cost of ${hours} hours can't be estimated.`, {
      hint: 'Give a number of hours that is 0 or more.',
    });
  }
  const stack = given instanceof StackModel ? given : requireStack(given);
  const region = stack.region ?? 'unknown';
  const exchange = currency === 'EUR' ? prices.eurPerUsd : undefined;
  const rows: CostRow[] = [];
  const unpriced: Unpriced[] = stack.modules.map((name) => ({
    resource: `module.${name}`,
    reason: 'what a module makes is not in the stack',
  }));

  for (const resource of stack.resources) {
    const items = itemsOf(resource, stack, usage);
    if ('unpriced' in items) {
      unpriced.push({ resource: resource.address, reason: items.unpriced });
      continue;
    }
    for (const item of items) {
      const itsRegion = item.region ?? stack.regionOf(resource);
      const price = itsRegion === undefined ? undefined : priceOf(prices, itsRegion, item.priceKey);
      if (price === undefined) unpriced.push(withoutPrice(resource, item.priceKey, itsRegion));
      else rows.push(toRow(item, resource, price, hours, exchange?.rate ?? 1));
    }
  }
  const ofGroup = (group: CostGroup) => sum(rows.filter((row) => row.group === group));
  return {
    region,
    hours,
    currency,
    exchange,
    pricesAsOf: prices.asOf,
    rows,
    groups: { RDS: ofGroup('RDS'), NAT: ofGroup('NAT'), misc: ofGroup('misc') },
    total: sum(rows),
    complete: unpriced.length === 0,
    unverified: sum(rows.filter((row) => row.quality === 'not verified')),
    unpriced,
    notEstimated,
  };
}

function withoutPrice({ address }: StackResource, key: string, region: string | undefined): Unpriced {
  if (region === undefined) return { resource: address, reason: 'its region is not literal' };
  return { resource: address, reason: `no price of ${key} in ${region}`, price: { region, key } };
}

function itemsOf(resource: StackResource, stack: StackModel, usage: UsageAssumptions): CostItems {
  if (isFree(resource.type)) return [];
  const pricer = pricers.get(resource.type);
  if (pricer === undefined)
    return { unpriced: `resources of type ${resource.type} are not in the price list` };
  const { count, for_each: forEach } = resource.config;
  const copies = count === undefined ? 1 : number(count);
  if (copies === undefined || forEach !== undefined) return { unpriced: 'how many there are is not literal' };
  const fault = literalFault(resource);
  if (fault !== undefined) return { unpriced: fault };
  const items = pricer(resource, stack, usage);
  if ('unpriced' in items) return items;
  return items.flatMap((item) => Array.from({ length: copies }, () => item));
}

function toRow(item: CostItem, resource: StackResource, price: Price, hours: number, rate: number): CostRow {
  const { component, quantity, priceKey } = item;
  const usageBased = typeof quantity !== 'number';
  const range = usageBased ? quantity : { low: quantity, high: quantity };
  const unitPrice = price.usd * rate;
  const perHour = unitPrice / (price.per === 'hour' ? 1 : hoursPerMonth);
  const hourly = times(range, perHour);
  return {
    group: groupOf(priceKey),
    component,
    resource: resource.address,
    quantity: range,
    per: price.per,
    unitPrice,
    usageBased,
    source: price.source,
    quality: price.quality,
    hourly,
    period: times(hourly, hours),
    monthly: times(hourly, hoursPerMonth),
  };
}

/** The amounts of all rows together. */
export function sum(rows: readonly Amounts[]): Amounts {
  return {
    hourly: sumOf(rows.map(({ hourly }) => hourly)),
    period: sumOf(rows.map(({ period }) => period)),
    monthly: sumOf(rows.map(({ monthly }) => monthly)),
  };
}
