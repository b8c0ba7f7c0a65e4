import type { Figure, Price, RegionPrices } from './price.ts';
import { derived, unverified } from './sources.ts';
import { usEast1 } from './us-east-1.ts';

/** A figure that is known in us-east-1 alone: the same elsewhere as far as AWS's prices of its kind are. */
export function sameAsUsEast1(key: keyof typeof usEast1): Figure {
  const { usd, source }: Price = usEast1[key];
  return { usd, ...derived(`the figure of us-east-1: ${source}`) };
}

/** A figure that is known in us-east-1 alone, times a ratio of another figure in both regions. */
export function timesUsEast1(ratio: number, key: keyof typeof usEast1, why: string): Figure {
  const { usd, source }: Price = usEast1[key];
  return {
    usd: Math.round(usd * ratio * 10_000) / 10_000,
    ...unverified(`the figure of us-east-1 times ${ratio}, ${why}: ${source}`),
  };
}

/** The figure of a class that is known in us-east-1 alone, by what a class like it costs in both regions. */
export function likeClass(name: string, like: string, here: RegionPrices): Figure {
  const usd = usdOf(usEast1, name) * (usdOf(here, like) / usdOf(usEast1, like));
  return {
    usd: Math.round(usd * 1000) / 1000,
    ...unverified(`${name} of us-east-1 in 2026, times what ${like} costs here and there`),
  };
}

function usdOf(prices: RegionPrices, name: string): number {
  return prices[`rds.instance.${name}`]?.usd ?? Number.NaN;
}
