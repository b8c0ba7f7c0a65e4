/** A line of a basket. Amounts are whole minor units of the basket's currency. */
export interface BasketLine {
  /** That of the cart's line; unique in a basket. */
  lineId: string;
  /** Two lines can be of one variant. */
  variantId: string;
  quantity: number;
  unitPriceMinor: bigint;
  /** Whether it is taxed at all. */
  isTaxable: boolean;
  /** Which rates tax it, if any: `standard`, or a class of the shop such as `reduced`. */
  taxClass: string;
  /** Of one unit. */
  weightGrams: number;
  /** Whether it is sent; a voucher or a download is not. */
  requiresShipping: boolean;
}

/** A line with its total and its part of the discounts, which is at most the total. */
export interface PricedLine extends BasketLine {
  totalMinor: bigint;
  discountMinor: bigint;
}

/** Where an order goes, as far as it matters for fees and taxes. */
export interface Destination {
  /** ISO 3166-1 alpha-2. */
  countryCode: string;
  region?: string | undefined;
  postalCode?: string | undefined;
}

/** What is charged for: the lines after discounts, and where they go. */
export interface Basket {
  currencyCode: string;
  /** 1 unit of the currency is 10^exponent minor units. */
  exponent: number;
  /** Whether all amounts, fees and discounts among them, include their taxes. */
  taxIncluded: boolean;
  /** When it is priced: the rates of that time apply. */
  at: Date;
  lines: readonly PricedLine[];
  destination: Destination;
}

/** A shipping fee or a tax, of a line or of the whole order. */
export interface Charge {
  /** The shipping method or the tax, as the order shows it. */
  code: string;
  /** Not negative. */
  amountMinor: bigint;
  /** The line; undefined for a charge of the order. */
  lineId?: string | undefined;
  /** Of a tax, with `taxableMinor`: its rate in millionths. Undefined where whoever computed it doesn't say. */
  ratePpm?: number | undefined;
  /** Of a tax: the amount before tax that it is charged on. */
  taxableMinor?: bigint | undefined;
}

/** A charge or a discount: what lies between the subtotal and the total. */
export interface Adjustment extends Charge {
  kind: 'discount' | 'shipping' | 'tax';
}

/** Computes the shipping fees of a basket. It must be pure: it runs inside a transaction. */
export type ShippingCalculator = (basket: Basket) => Charge[];

/**
 * Computes the taxes of a basket and its shipping fees; must be pure, too. They are added to the amounts of the basket,
 * or are a part of them where it has `taxIncluded`.
 */
export type TaxCalculator = (basket: Basket, shipping: readonly Charge[]) => Charge[];

/** How the shop computes shipping and tax. {@link noCharges} stands for either where there is none. */
export interface PriceCalculators {
  shipping: ShippingCalculator;
  tax: TaxCalculator;
}

/** The calculator of a shop that ships for free, or charges no tax. */
export const noCharges = (): Charge[] => [];
