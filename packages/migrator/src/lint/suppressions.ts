import { UserError } from '@ecommerce-dms/errors';
import { scanSync } from 'libpg-query';
import type { LintStatement } from './lint-statement.ts';
import { isComment } from './sql-text.ts';

/** A finding that is accepted, as options name it; beside a statement it is a comment. */
export interface LintSuppression {
  code: string;
  /** The name of the migration; unless given, all. */
  migration?: string;
  /** A part of the statement's text; unless given, all. */
  statement?: string;
  reason: string;
  /** The last day on which it holds, such as `2027-01-31`. */
  until?: string;
}

/** A suppression, and where it was written. */
export interface PlacedSuppression extends LintSuppression {
  /** The statement that its comment is beside; undefined for one of the options. */
  beside?: LintStatement;
}

const word = /\bdms-lint\s+ignore\b/;
const form = /^dms-lint\s+ignore\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s*(?::\s*([\s\S]*?))?\s*$/;
const day = /\(until\s+(\d{4}-\d{2}-\d{2})\)\s*$/;

/** The suppressions in the comments of a statement: `-- dms-lint ignore CODE: reason (until 2027-01-31)`. */
export function suppressionsBeside(statement: LintStatement): PlacedSuppression[] {
  if (!word.test(statement.around)) return [];
  return scanSync(statement.around)
    .tokens.filter((token) => isComment(token) && word.test(token.text))
    .flatMap(({ text }) => {
      const content = text
        .replace(/^--/, '')
        .replace(/^\/\*([\s\S]*)\*\/$/, '$1')
        .trim();
      const [, codes = content.replace(/^dms-lint\s+ignore\s*/, '') || '(none)', said = ''] =
        form.exec(content) ?? [];
      const until = day.exec(said)?.[1];
      const reason = said.replace(day, '').trim();
      return codes
        .split(/\s*,\s*/)
        .map((code) => ({ code, reason, beside: statement, ...(until !== undefined && { until }) }));
    });
}

/** @throws UserError `invalid-settings` names each suppression of the options with a wrong day */
export function checkDays(suppressions: readonly LintSuppression[]): void {
  const faults = suppressions.filter(({ until }) => until !== undefined && !isDay(until));
  if (faults.length === 0) return;
  const lines = faults.map(({ code, until }) => `- ${code}: until is ${until}`);
  throw new UserError('invalid-settings', `Wrong suppressions:\n${lines.join('\n')}`, {
    hint: 'Write a day as 2027-01-31.',
  });
}

/** Whether a suppression holds no more; a day that does not exist is over. */
export function isExpired({ until }: LintSuppression, today: Date): boolean {
  return until !== undefined && (!isDay(until) || until < today.toISOString().slice(0, 10));
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
  );
}

/** Whether a suppression is of a finding. */
export function covers(
  { code, migration, statement, beside }: PlacedSuppression,
  found: { code: string; at: LintStatement },
): boolean {
  if (code !== found.code) return false;
  if (beside) return beside.migration === found.at.migration && beside.index === found.at.index;
  return (
    (migration === undefined || migration === found.at.migration.name) &&
    (statement === undefined || found.at.sql.includes(statement))
  );
}
