import { allocateAmount } from './allocate-amount.ts';
import type { Adjustment } from './basket.ts';
import { roundedQuotient } from './minor-units.ts';

/** A tax of a part of an order. */
export interface TaxAmount {
  /** That of the tax of the order, such as `VAT`. */
  code: string;
  /** Millionths of the net. Undefined where whoever computed the tax didn't say. */
  ratePpm?: number | undefined;
  amountMinor: bigint;
}

/** What tells the taxes of a part apart: a code may have several rates. */
export const taxKey = ({
  code,
  ratePpm,
}: Pick<Adjustment, 'code'> & { ratePpm?: number | null | undefined }) =>
  JSON.stringify([code, ratePpm ?? null]);

/** What was charged for a line, or for shipping, its discounts subtracted; or what was credited of that. */
export interface ChargedPart {
  /** With the taxes. */
  grossMinor: bigint;
  /** By code and rate; none is 0. */
  taxes: TaxAmount[];
}

/** An order as it was charged. */
export interface ChargedOrder {
  /** Whether the prices of lines and fees have the taxes in them. */
  isTaxIncluded: boolean;
  lines: readonly { lineId: string; totalMinor: bigint }[];
  adjustments: readonly {
    kind: Adjustment['kind'];
    code: string;
    ratePpm?: number | null | undefined;
    amountMinor: bigint;
    /** Null: of the whole order. */
    lineId: string | null;
  }[];
}

/** What each line cost, by its id, and what shipping cost. Their gross amounts sum to the total of the order. */
export interface ChargedParts {
  lines: Map<string, ChargedPart>;
  shipping: ChargedPart;
}

/** A line or the shipping, while its amounts are gathered. */
interface Part {
  id: string;
  /** What is charged before taxes that are not included. */
  amountMinor: bigint;
  /** By {@link taxKey}. One of 0 says that the part is taxed so. */
  taxes: Map<string, TaxAmount>;
}

/**
 * Divides what was charged for an order over its lines and its shipping. A discount of the whole order is taken off the
 * shipping as far as that goes. A tax of the whole order is that of the shipping where a line has the tax, too, and it is
 * no more than the shipping costs; else it is shared in proportion to what the parts cost, without lines that were said
 * to be exempt.
 */
export function chargedParts({ isTaxIncluded, lines, adjustments }: ChargedOrder): ChargedParts {
  const parts: Part[] = lines.map(({ lineId, totalMinor }) => ({
    id: lineId,
    amountMinor: totalMinor,
    taxes: new Map(),
  }));
  const byLine = new Map(parts.map((part) => [part.id, part]));
  const shipping: Part = { id: '', amountMinor: 0n, taxes: new Map() };
  const of = (kind: Adjustment['kind']) => adjustments.filter((each) => each.kind === kind);

  for (const { amountMinor } of of('shipping')) shipping.amountMinor += amountMinor;
  for (const { amountMinor, lineId } of of('discount')) {
    const line = lineId === null ? undefined : byLine.get(lineId);
    if (line !== undefined) line.amountMinor -= amountMinor;
    else discountWhole([...parts], shipping, amountMinor);
  }
  const whole: Part['taxes'] = new Map();
  for (const { code, ratePpm, amountMinor, lineId } of of('tax')) {
    const taxes = (lineId === null ? undefined : byLine.get(lineId)?.taxes) ?? whole;
    addTo(taxes, { code, ratePpm: ratePpm ?? undefined, amountMinor });
  }
  for (const tax of whole.values()) {
    const taxed = parts.filter(({ taxes }) => [...taxes.values()].some(({ code }) => code === tax.code));
    if (taxed.length > 0 && tax.amountMinor <= shipping.amountMinor) addTo(shipping.taxes, tax);
    else if (taxed.length === 0) shareOut(mayBeTaxed([...parts, shipping]), tax);
    else shareOut(shipping.amountMinor > 0n ? [...taxed, shipping] : taxed, tax);
  }

  const charged = ({ amountMinor, taxes }: Part): ChargedPart => {
    const listed = [...taxes.values()].filter(({ amountMinor }) => amountMinor > 0n);
    // The one place that knows what a price with tax included means for a part.
    return {
      grossMinor: isTaxIncluded ? amountMinor : amountMinor + sumOf(listed),
      taxes: sorted(listed),
    };
  };
  return { lines: new Map(parts.map((part) => [part.id, charged(part)])), shipping: charged(shipping) };
}

/**
 * What comes next of a part of which something may have been credited: the share up to `upTo` of `of`, less what was
 * credited already. Each sum is rounded from the start (`round(x * k / q)`, halves up), so that however a part is
 * divided, the pieces make it. Taxes never exceed the gross amount, and no amount is negative.
 *
 * @param upTo units, or an amount, from the beginning
 * @param of all units, or the whole amount
 */
export function nextShare(
  part: ChargedPart,
  credited: ChargedPart,
  { upTo, of }: { upTo: bigint; of: bigint },
): ChargedPart {
  const share = (amountMinor: bigint) => (of === 0n ? 0n : roundedQuotient(amountMinor * upTo, of));
  const grossMinor = share(part.grossMinor) - credited.grossMinor;
  const before = new Map(credited.taxes.map((tax) => [taxKey(tax), tax.amountMinor]));
  // Sums of the first taxes are rounded, the largest sum first: what one has at most, those in it have at most.
  const taxes: TaxAmount[] = [];
  let chargedMinor = sumOf(part.taxes);
  let creditedMinor = sumOf(credited.taxes);
  let nextMinor = atMost(share(chargedMinor) - creditedMinor, grossMinor);
  for (const tax of part.taxes.toReversed()) {
    chargedMinor -= tax.amountMinor;
    creditedMinor -= before.get(taxKey(tax)) ?? 0n;
    const restMinor = atMost(share(chargedMinor) - creditedMinor, nextMinor);
    taxes.unshift({ ...tax, amountMinor: nextMinor - restMinor });
    nextMinor = restMinor;
  }
  return { grossMinor, taxes: taxes.filter(({ amountMinor }) => amountMinor > 0n) };
}

/** The taxes of a part together. */
export function taxOf({ taxes }: ChargedPart): bigint {
  return sumOf(taxes);
}

/** Taxes with those of the same code and rate added. */
export function sumOfTaxes(taxes: readonly TaxAmount[]): TaxAmount[] {
  const sums: Part['taxes'] = new Map();
  for (const tax of taxes) addTo(sums, tax);
  return [...sums.values()];
}

/** A part of nothing. */
export const nothingCharged: ChargedPart = { grossMinor: 0n, taxes: [] };

function discountWhole(parts: Part[], shipping: Part, amountMinor: bigint): void {
  const ofShipping = atMost(amountMinor, shipping.amountMinor);
  shipping.amountMinor -= ofShipping;
  const shares = parts.map(({ id, amountMinor: weight }) => ({ id, weight }));
  for (const [index, share] of allocateAmount(amountMinor - ofShipping, shares).entries()) {
    const part = parts[index];
    if (part !== undefined) part.amountMinor -= share;
  }
}

/** Of the parts that cost something, those that do not have taxes of 0 only; all parts, where there is none. */
function mayBeTaxed(parts: Part[]): Part[] {
  const isExempt = ({ taxes }: Part) => taxes.size > 0 && sumOf([...taxes.values()]) === 0n;
  const taxable = parts.filter((part) => part.amountMinor > 0n && !isExempt(part));
  return taxable.length > 0 ? taxable : parts;
}

function shareOut(parts: Part[], tax: TaxAmount): void {
  const shares = parts.map(({ id, amountMinor: weight }) => ({ id, weight }));
  for (const [index, amountMinor] of allocateAmount(tax.amountMinor, shares).entries()) {
    const part = parts[index];
    if (part !== undefined) addTo(part.taxes, { ...tax, amountMinor });
  }
}

function addTo(sums: Part['taxes'], tax: TaxAmount): void {
  const key = taxKey(tax);
  sums.set(key, { ...tax, amountMinor: tax.amountMinor + (sums.get(key)?.amountMinor ?? 0n) });
}

function sorted(taxes: TaxAmount[]): TaxAmount[] {
  const keyed = taxes.map((tax) => ({ tax, key: taxKey(tax) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ tax }) => tax);
}

function sumOf(taxes: readonly TaxAmount[]): bigint {
  return taxes.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

function atMost(amountMinor: bigint, limitMinor: bigint): bigint {
  return amountMinor < limitMinor ? amountMinor : limitMinor;
}
