/** A product of AWS's price list, as far as we read it. */
export interface ListedProduct {
  readonly sku: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  /** On demand, the first tier. */
  readonly usd: number;
  readonly unit: string;
}

interface PriceDocument {
  product?: { sku?: string; attributes?: Record<string, string> };
  terms?: {
    OnDemand?: Record<
      string,
      {
        priceDimensions?: Record<
          string,
          { unit?: string; beginRange?: string; pricePerUnit?: { USD?: string } }
        >;
      }
    >;
  };
}

/** @returns undefined for what has no price on demand in USD */
export function parseListedProduct(document: string): ListedProduct | undefined {
  const { product, terms } = JSON.parse(document) as PriceDocument;
  const dimensions = Object.values(terms?.OnDemand ?? {}).flatMap(({ priceDimensions }) =>
    Object.values(priceDimensions ?? {}),
  );
  const first = dimensions.find(({ beginRange }) => beginRange === undefined || Number(beginRange) === 0);
  const usd = Number(first?.pricePerUnit?.USD);
  if (first === undefined || !Number.isFinite(usd)) return undefined;
  return {
    sku: product?.sku ?? 'unknown',
    attributes: product?.attributes ?? {},
    usd,
    unit: first.unit ?? '',
  };
}
