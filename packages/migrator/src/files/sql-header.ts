import { scan } from 'libpg-query';

/** What the comments at the top of an SQL file say about how to run it. */
export interface SqlHeader {
  /** `-- no-transaction` makes it false: statement by statement, each one recorded. */
  transactional: boolean;
  /** `-- lock-timeout: 5s`: in place of the run's `ddlLockTimeoutMs`, in ms. */
  lockTimeoutMs?: number;
  /** `-- statement-timeout: 10min`: in place of the run's `statementTimeoutMs`, in ms. */
  statementTimeoutMs?: number;
  /** `-- replaces: a, b`: the names of the migrations that it stands for. */
  replaces: string[];
  /** `-- requires-backfill: a, b`: the names of the backfills that must be finished before it. */
  requiresBackfills: string[];
  /** `-- table: public.item`: what a backfill is about, as it is written. */
  table?: string;
  /** `-- batch: 1000`: with how many rows the batches of a backfill begin. */
  batchSize?: number;
  /** `-- pause: 50ms`: between two batches, in ms. */
  pauseMs?: number;
  /** `-- max-lag: 5s`: how far a standby may be behind, in ms; 0 for any. */
  maxLagMs?: number;
}

export type HeaderName =
  | 'no-transaction'
  | 'lock-timeout'
  | 'statement-timeout'
  | 'replaces'
  | 'requires-backfill'
  | 'table'
  | 'batch'
  | 'pause'
  | 'max-lag';

/** Those of a migration. */
const migrationHeaders: readonly HeaderName[] = [
  'no-transaction',
  'lock-timeout',
  'statement-timeout',
  'replaces',
  'requires-backfill',
];
const forms: Record<HeaderName, string> = {
  'no-transaction': '-- no-transaction',
  'lock-timeout': '-- lock-timeout: 5s',
  'statement-timeout': '-- statement-timeout: 10min',
  replaces: '-- replaces: first_name, second_name',
  'requires-backfill': '-- requires-backfill: backfill_name',
  table: '-- table: public.item',
  batch: '-- batch: 1000',
  pause: '-- pause: 50ms',
  'max-lag': '-- max-lag: 5s',
};
const headerNames = Object.keys(forms) as HeaderName[];
const durations = {
  'lock-timeout': 'lockTimeoutMs',
  'statement-timeout': 'statementTimeoutMs',
  pause: 'pauseMs',
  'max-lag': 'maxLagMs',
} as const;
const unitsMs: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const maxMs = 2_147_483_647;

/**
 * Reads the headers of an SQL file: comments before its first statement that are a name alone, or a name with a colon.
 * Other comments are none.
 *
 * @param allowed the headers that this kind of file may have
 * @returns the header, and what is wrong with it
 */
export async function readHeader(
  sql: string,
  allowed: readonly HeaderName[] = migrationHeaders,
): Promise<{ header: SqlHeader; faults: string[] }> {
  const header: SqlHeader = { transactional: true, replaces: [], requiresBackfills: [] };
  const faults: string[] = [];
  const seen = new Set<string>();
  let isTop = true;
  for (const { text, tokenName } of (await scan(sql)).tokens) {
    if (tokenName !== 'SQL_COMMENT' && tokenName !== 'C_COMMENT') isTop = false;
    if (tokenName !== 'SQL_COMMENT') continue;
    const fault = isTop ? readLine(text, allowed, header, seen) : misplaced(text);
    if (fault !== undefined) faults.push(`"${text.trim()}": ${fault}`);
  }
  return { header, faults };
}

function readLine(
  comment: string,
  allowed: readonly HeaderName[],
  header: SqlHeader,
  seen: Set<string>,
): string | undefined {
  const line = partsOf(comment);
  if (line === undefined) return undefined;
  const { name, value } = line;
  if (!isHeaderName(name) || !allowed.includes(name)) {
    return `no header of this file. Known are ${allowed.map((each) => `"${forms[each]}"`).join(', ')}; a remark is a sentence, not a name or a name with a colon`;
  }
  if (seen.has(name)) return 'given twice';
  seen.add(name);
  if (name === 'no-transaction') {
    header.transactional = false;
    return value === undefined ? undefined : 'takes no value';
  }
  if (name === 'replaces' || name === 'requires-backfill') {
    const names = (value ?? '').split(',').map((each) => each.trim());
    header[name === 'replaces' ? 'replaces' : 'requiresBackfills'] = names;
    return names.includes('') ? `names must follow, as in "${forms[name]}"` : undefined;
  }
  if (name === 'table') {
    header.table = value;
    return value === undefined || value === '' ? `needs a name, as in "${forms[name]}"` : undefined;
  }
  if (name === 'batch') {
    header.batchSize = Number(value);
    return /^[1-9]\d{0,6}$/.test(value ?? '')
      ? undefined
      : `needs a number of rows from 1 to 9999999, as in "${forms[name]}"`;
  }
  const durationMs = durationOf(value);
  if (durationMs === undefined) {
    return `needs a time with its unit (ms, s, min, h) of at most ${maxMs} ms, or 0 for none, as in "${forms[name]}"`;
  }
  header[durations[name]] = durationMs;
  return undefined;
}

/** A header further down would be taken for a remark, and the file run otherwise than its author meant. */
function misplaced(comment: string): string | undefined {
  const line = partsOf(comment);
  return line !== undefined && isHeaderName(line.name)
    ? 'a header must come before the first statement'
    : undefined;
}

/** The name and value if a comment has the form of a header, ours or another tool's: `no-transaction`, `+goose Up`. */
function partsOf(comment: string): { name: string; value?: string } | undefined {
  const text = comment.replace(/^--/, '').trim();
  const [, name, value] = /^([a-z][\w-]*)(?:$|\s*:\s*(.*)$)/i.exec(text) ?? [];
  if (name !== undefined && (value !== undefined || name.includes('-'))) return { name, value };
  const isAlmostKnown = headerNames.some((each) => squeezed(each) === squeezed(text));
  return isAlmostKnown || text.startsWith('+') ? { name: text } : undefined;
}

function squeezed(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, '');
}

function isHeaderName(name: string): name is HeaderName {
  return headerNames.some((each) => each === name);
}

function durationOf(value: string | undefined): number | undefined {
  if (value === '0') return 0;
  const [, number, unit = ''] = /^(\d+)\s*(ms|s|min|h)$/.exec(value ?? '') ?? [];
  const durationMs = Number(number) * (unitsMs[unit] ?? Number.NaN);
  return durationMs <= maxMs ? durationMs : undefined;
}
