/** A tax as an order or a quote has it. */
export interface BrokenDownTax {
  code: string;
  amountMinor: bigint;
  ratePpm?: number | null | undefined;
  taxableMinor?: bigint | null | undefined;
}

/** A tax at a rate, as invoices list it. Amounts are in minor units. */
export interface TaxBreakdownRow {
  code: string;
  /** Millionths of the net. Undefined where whoever computed the tax didn't say; net and gross are so, too. */
  ratePpm: number | undefined;
  netMinor: bigint | undefined;
  taxMinor: bigint;
  /** The net with this tax. Where a country and its region both tax it, the net is in the rows of both. */
  grossMinor: bigint | undefined;
}

/** Taxes by code and rate, the highest rate first. */
export function breakDownTaxes(taxes: readonly BrokenDownTax[]): TaxBreakdownRow[] {
  const alike = Map.groupBy(taxes, ({ code, ratePpm }) => JSON.stringify([ratePpm ?? null, code]));
  return [...alike.values()]
    .map((taxes) => {
      const { code = '', ratePpm } = taxes[0] ?? {};
      const taxMinor = taxes.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
      const isKnown = ratePpm !== null && ratePpm !== undefined;
      const netMinor = isKnown
        ? taxes.reduce((sum, { taxableMinor }) => sum + (taxableMinor ?? 0n), 0n)
        : undefined;
      const grossMinor = netMinor === undefined ? undefined : netMinor + taxMinor;
      return { code, ratePpm: ratePpm ?? undefined, netMinor, taxMinor, grossMinor };
    })
    .toSorted((a, b) => (b.ratePpm ?? -1) - (a.ratePpm ?? -1) || (a.code < b.code ? -1 : 1));
}
