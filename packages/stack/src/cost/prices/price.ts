/**
 * How far a figure can be trusted, best first: AWS's own list, somebody's bill, the output of an estimator or a
 * published article, computed from another figure, or carried over from another region or from a source that leaves a
 * doubt.
 */
export type PriceQuality = 'price list' | 'bill' | 'published' | 'derived' | 'not verified';

/** What one unit of something costs, on demand and without any free tier. */
export interface Price {
  readonly usd: number;
  readonly per: 'hour' | 'month' | 'GB' | 'million' | 'GB-month' | 'IOPS-month' | 'MiB/s-month';
  /** Where the figure is from, and of when it is. */
  readonly source: string;
  readonly quality: PriceQuality;
}

/** Prices by what is paid for: `rds.instance.db.t4g.micro`, `nat.hour`. */
export type RegionPrices = Readonly<Record<string, Price>>;

/** A price as a region's file has it: its key says what it is paid by. */
export type Figure = Omit<Price, 'per'>;
