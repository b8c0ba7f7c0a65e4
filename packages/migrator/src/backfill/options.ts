import { UserError } from '@ecommerce-dms/errors';

/** How a backfill behaves. Times are in milliseconds. Its file's headers come before the defaults, these before both. */
export interface BackfillOptions {
  /** With how many rows the batches begin; they grow to ten times of it while they are fast enough. Default 1,000. */
  batchSize?: number;
  /** How long a batch is to take, in ms: batches that take longer get smaller. Default 100. */
  targetMs?: number;
  /** Between two batches, in ms. Default 20. */
  pauseMs?: number;
  /** How far behind the furthest standby may be, in ms, before the backfill waits for it. Default 5,000; 0: any lag. */
  maxLagMs?: number;
  /** How many sessions of others may be active before it waits. Default: half of `max_connections`; 0: any number. */
  maxActive?: number;
  /** How often it goes through the table until a pass finds nothing to do. Default 5. */
  maxPasses?: number;
  /** How long to wait for another process that runs the same backfill, in ms. Default 5,000; 0 tries once. */
  lockTimeoutMs?: number;
  /** How long it waits in all for a table that others keep locked, in ms. Default 600,000; 0 waits forever. */
  tableTimeoutMs?: number;
  /** How long one statement of a batch may take, in ms; one that takes longer is tried with fewer rows. Default 10,000. */
  statementTimeoutMs?: number;
  /** Begin anew, also when it was begun with another statement, or is finished. Default false. */
  restart?: boolean;
  /** Stops it after the batch that is under way. */
  signal?: AbortSignal;
  /** Called with a line for people: at the start, every two seconds, and when it begins to wait for something. */
  onProgress?: (line: string) => void;
}

/** {@link BackfillOptions} with the defaults filled in. */
export type BackfillSettings = Required<Omit<BackfillOptions, 'signal' | 'maxActive'>> &
  Pick<BackfillOptions, 'signal' | 'maxActive'>;

const defaults = {
  batchSize: 1000,
  targetMs: 100,
  pauseMs: 20,
  maxLagMs: 5000,
  maxPasses: 5,
  lockTimeoutMs: 5000,
  tableTimeoutMs: 600_000,
  statementTimeoutMs: 10_000,
  restart: false,
  onProgress: () => undefined,
} satisfies BackfillOptions;

/** What must be at least 1. */
const positive = ['batchSize', 'targetMs', 'maxPasses'] as const;

/** @throws UserError `invalid-settings`: names every option that is wrong */
export function checkBackfillOptions(options: BackfillOptions): void {
  const faults = Object.entries(options).flatMap(([name, value]) => {
    if (typeof value !== 'number') return [];
    const least = positive.some((each) => each === name) ? 1 : 0;
    return Number.isInteger(value) && value >= least && value <= 2_147_483_647
      ? []
      : [`${name} is ${value}: it must be a whole number from ${least} to 2147483647`];
  });
  if (faults.length === 0) return;
  throw new UserError('invalid-settings', `Wrong options for the backfill:\n- ${faults.join('\n- ')}`);
}

/** Options over the headers of a file, over the defaults. */
export function backfillSettings(headers: BackfillOptions, options: BackfillOptions): BackfillSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...defaults, ...headers, ...given };
}
