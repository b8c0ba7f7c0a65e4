import { setTimeout } from 'node:timers/promises';
import type { PriceList, StackJson } from '@ecommerce-dms/stack';
import { findRemnants, type Remnant, type TeardownReport } from '@ecommerce-dms/aws/teardown';
import { table } from '../ui/table.ts';
import { regionsOfStack } from './regions-of-stack.ts';

const pollMs = 10_000;

export interface TeardownProofOptions {
  stack: string;
  json: StackJson;
  keptSnapshots: readonly string[];
  prices: PriceList;
  /** How long what AWS is still deleting may take. */
  waitSeconds: number;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/** Looks for what is left, again and again while AWS may still be deleting it. */
export async function proveTeardown(options: TeardownProofOptions): Promise<TeardownReport> {
  const { stack, keptSnapshots, prices, waitSeconds, signal, onProgress } = options;
  const regions = regionsOfStack(options.json);
  const until = Date.now() + waitSeconds * 1000;
  for (;;) {
    const report = await findRemnants({ stack, regions, keptSnapshots, prices });
    if (report.charged.length === 0 || Date.now() + pollMs > until) return report;
    onProgress(`waiting for AWS: ${report.charged.map(({ kind, id }) => `${kind} ${id}`).join(', ')}`);
    await setTimeout(pollMs, undefined, { signal });
  }
}

/** Whether nothing that costs money is left but what was kept on purpose, and everything was looked for. */
export function isProven({ charged, notChecked }: TeardownReport): boolean {
  return charged.length === 0 && notChecked.length === 0;
}

/** What was proven, what is left, what it costs, and the commands that remove it. */
export function renderTeardown(report: TeardownReport): string {
  const { charged, kept, free, notChecked, checked } = report;
  const blocks = [`Looked for: ${checked.join(', ')}.`];
  if (charged.length > 0) blocks.push(block('Left, and charged for:', charged));
  if (kept.length > 0) blocks.push(block('Kept on purpose:', kept));
  if (free.length > 0) blocks.push(block('Left, and free:', free));
  if (notChecked.length > 0) {
    const lines = notChecked.map(({ what, region, why }) => `  ${what} in ${region}: ${why}`);
    blocks.push(['Could not be looked for:', ...lines].join('\n'));
  }
  const removals = charged.flatMap(({ removal }) => (removal === undefined ? [] : [`  ${removal}`]));
  if (removals.length > 0) blocks.push(['What removes it:', ...removals].join('\n'));
  blocks.push(costLine(report));
  return blocks.join('\n\n');
}

function block(title: string, remnants: readonly Remnant[]): string {
  const rows = remnants.map(({ kind, id, region, detail = '', monthlyUsd }) => [
    kind,
    id,
    region,
    monthlyUsd === undefined ? 'price unknown' : `${monthlyUsd.toFixed(2)} USD a month`,
    detail,
  ]);
  return `${title}\n${table(rows, { indent: 2 })}`;
}

function costLine({ charged, kept, notChecked, monthlyUsd }: TeardownReport): string {
  const remnants = [...charged, ...kept];
  const unpriced = remnants.filter((remnant) => remnant.monthlyUsd === undefined).length;
  const left = [
    unpriced > 0 && `${unpriced} of unknown price`,
    notChecked.length > 0 && 'what could not be looked for',
  ].filter((one) => one !== false);
  if (remnants.length === 0 && left.length === 0) return 'Nothing of the stack costs money any more.';
  const beside = left.length === 0 ? '' : `, and beside that ${left.join(' and ')}`;
  return `What was found costs at most ${monthlyUsd.toFixed(2)} USD a month${beside}.`;
}
