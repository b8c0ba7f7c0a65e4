/** A line of a basket. Amounts are whole minor units of the basket's currency. */
export interface BasketLine {
  /** Unique in a basket. */
  variantId: string;
  quantity: number;
  unitPriceMinor: bigint;
}

/** A line with its total, and its part of the discounts, which is at most the total. */
export interface PricedLine extends BasketLine {
  totalMinor: bigint;
  discountMinor: bigint;
}

/** Where an order goes, as far as fees and taxes ask. */
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
  lines: readonly PricedLine[];
  destination: Destination;
}

/** A shipping fee or a tax: of a line where it names one, or else of the order. */
export interface Charge {
  /** The shipping method or the tax, as the order shows it. */
  code: string;
  /** Not negative. */
  amountMinor: bigint;
  variantId?: string | undefined;
}

/** A charge, or a discount: what makes the total of the subtotal. */
export interface Adjustment extends Charge {
  kind: 'discount' | 'shipping' | 'tax';
}

/** The shipping fees of a basket. Pure: it runs inside a transaction. */
export type ShippingCalculator = (basket: Basket) => Charge[];

/** The taxes of a basket and its shipping fees; each is rounded once a line. Pure, too. Prices are before tax. */
export type TaxCalculator = (basket: Basket, shipping: readonly Charge[]) => Charge[];

/** How the shop computes what is added to the prices; without one, nothing is. */
export interface PriceCalculators {
  shipping?: ShippingCalculator;
  tax?: TaxCalculator;
}
