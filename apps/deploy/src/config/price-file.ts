import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { type PriceList, priceList, type RegionPrices, unitOf } from '@ecommerce-dms/stack';
import { regionFault } from '@ecommerce-dms/rds-classes';
import { z } from 'zod';

const price = z.strictObject({
  // Nothing that is in the list is free: a price of 0 would hide a cost.
  usd: z.number().positive(),
  per: z.enum(['hour', 'month', 'GB', 'million', 'GB-month', 'IOPS-month', 'MiB/s-month']),
  source: z.string().min(1),
  quality: z.enum(['price list', 'bill', 'published', 'derived', 'not verified']),
});
const regionPrices = z.record(z.string(), price).superRefine((prices, context) => {
  for (const [key, { per }] of Object.entries(prices)) {
    const expected = unitOf(key);
    // It would be off by what lies between the units: 730 from an hour to a month.
    if (expected !== undefined && per !== expected)
      context.addIssue({ code: 'custom', path: [key, 'per'], message: `${key} is paid per ${expected}` });
  }
});
const regions = z.record(z.string(), regionPrices).superRefine((byRegion, context) => {
  for (const name of Object.keys(byRegion)) {
    const message = regionFault(name);
    if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
  }
});
const priceFile = z.strictObject({
  /** Day of the oldest price. */
  asOf: z.iso.date(),
  regions,
});

type PriceFile = z.infer<typeof priceFile>;

/** The file of fetched or own prices, beside `dms.config.ts`. */
export function pricePath(root: string): string {
  return join(root, 'dms.prices.json');
}

/**
 * The prices that come with `@ecommerce-dms/stack`, and over them those of `dms.prices.json`, one by one.
 * @throws UserError `invalid-prices`, with every fault; exit code 2
 */
export async function loadPrices(root: string): Promise<PriceList> {
  const own = await readPriceFile(root);
  if (own === undefined) return priceList;
  const regions = Object.fromEntries(
    [...new Set([...Object.keys(priceList.regions), ...Object.keys(own.regions)])].map((region) => [
      region,
      { ...priceList.regions[region], ...own.regions[region] },
    ]),
  );
  return { ...priceList, asOf: earlier(own.asOf, priceList.asOf), regions };
}

/** Puts fetched prices of a region into the file; other prices in it stay, and so does the day of the oldest. */
export async function savePrices(
  root: string,
  region: string,
  prices: RegionPrices,
  asOf: string,
): Promise<void> {
  const before = await readPriceFile(root);
  const regions = { ...before?.regions, [region]: { ...before?.regions[region], ...prices } };
  const keepsOthers = Object.entries(regions).some(([name, own]) =>
    Object.keys(own).some((key) => name !== region || !(key in prices)),
  );
  const oldest = before !== undefined && keepsOthers ? earlier(before.asOf, asOf) : asOf;
  const sorted = Object.fromEntries(
    Object.entries(regions).map(([name, own]) => [
      name,
      Object.fromEntries(Object.entries(own).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ]),
  );
  await writeFile(pricePath(root), `${JSON.stringify({ asOf: oldest, regions: sorted }, null, 2)}\n`);
}

/** Of two days, as `2026-11-22`. */
function earlier(one: string, other: string): string {
  return one < other ? one : other;
}

async function readPriceFile(root: string): Promise<PriceFile | undefined> {
  const file = pricePath(root);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = priceFile.safeParse(parseJson(file, text));
  if (parsed.success) return parsed.data;
  throw new UserError('invalid-prices', `${file} has faults:\n${z.prettifyError(parsed.error)}`, {
    hint: "Fix it, or delete it and run 'dms prices refresh'.",
  });
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError('invalid-prices', `${file} is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
