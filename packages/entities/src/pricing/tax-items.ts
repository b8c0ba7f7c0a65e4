import { allocateAmount } from './allocate-amount.ts';
import { includedShareOf, shareOf } from './minor-units.ts';

/** A tax of an item. */
export interface ItemRate {
  /** Unique among the rates of an item; of all items that one rate applies to the same. */
  id: string;
  ratePpm: number;
}

/** What taxes apply to: a line after its discounts, or a part of the shipping fees. */
export interface TaxedItem {
  /** Unique. Breaks ties, so that no tax depends on the order of the items. */
  id: string;
  /** Not negative. */
  amountMinor: bigint;
  rates: readonly ItemRate[];
}

/** What taxes make of an item: `net + taxes` is its amount if that includes them, or else the net is its amount. */
export interface ItemTaxes {
  netMinor: bigint;
  /** In the order of its rates. */
  taxesMinor: bigint[];
}

/** What is rounded: the taxes of each item, or those of all items together, which are then divided over them. */
export type TaxRounding = 'line' | 'order';

/** How the amounts of {@link taxItems} are meant. */
export interface TaxArithmetic {
  taxIncluded: boolean;
  rounding: TaxRounding;
}

interface OpenItem extends TaxedItem {
  /** Without the taxes that were taken out of it. */
  leftMinor: bigint;
  taxes: Map<string, bigint>;
}

/**
 * The taxes of items, halves up. Several apply side by side, each on the net. Those that an amount includes are rounded
 * together, then divided over the rates, so that the net is rounded once, too. No tax is more than its item.
 */
export function taxItems(items: readonly TaxedItem[], { taxIncluded, rounding }: TaxArithmetic): ItemTaxes[] {
  const open = items.map((item): OpenItem => ({ ...item, leftMinor: item.amountMinor, taxes: new Map() }));
  const groups = rounding === 'line' ? open.map((item) => [item]) : [open];
  for (const group of groups) (taxIncluded ? takeOut : addOn)(group);
  return open.map(({ leftMinor, taxes, rates }) => ({
    netMinor: leftMinor,
    taxesMinor: rates.map(({ id }) => taxes.get(id) ?? 0n),
  }));
}

/** Adds taxes to items before tax: each rate is rounded for itself. */
function addOn(items: readonly OpenItem[]): void {
  const rates = new Map(items.flatMap((item) => item.rates.map((rate) => [rate.id, rate])));
  for (const { id, ratePpm } of rates.values()) {
    const taxed = items.filter((item) => item.rates.some((rate) => rate.id === id));
    const parts = divide(shareOf(sumOfLeft(taxed), ratePpm), taxed);
    for (const [index, item] of taxed.entries()) item.taxes.set(id, parts[index] ?? 0n);
  }
}

/** Takes taxes out of items that include them: what has the same rates is rounded together. */
function takeOut(items: readonly OpenItem[]): void {
  const idsOf = (item: OpenItem) => JSON.stringify(item.rates.map(({ id }) => id).toSorted());
  for (const alike of Map.groupBy(items, idsOf).values()) {
    const rates = (alike[0]?.rates ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const sumPpm = rates.reduce((sum, { ratePpm }) => sum + ratePpm, 0);
    const taxMinor = rates.length === 0 ? 0n : includedShareOf(sumOfLeft(alike), sumPpm);
    const ofRates = allocateAmount(
      taxMinor,
      rates.map(({ id, ratePpm }) => ({ id, weight: BigInt(ratePpm) })),
    );
    for (const [place, { id }] of rates.entries()) {
      // Of what the rates before have left: so all of them together are never more than the item.
      const parts = divide(ofRates[place] ?? 0n, alike);
      for (const [index, item] of alike.entries()) {
        const part = parts[index] ?? 0n;
        item.taxes.set(id, part);
        item.leftMinor -= part;
      }
    }
  }
}

function divide(taxMinor: bigint, items: readonly OpenItem[]): bigint[] {
  return allocateAmount(
    taxMinor,
    items.map(({ id, leftMinor }) => ({ id, weight: leftMinor })),
  );
}

function sumOfLeft(items: readonly OpenItem[]): bigint {
  return items.reduce((sum, { leftMinor }) => sum + leftMinor, 0n);
}
