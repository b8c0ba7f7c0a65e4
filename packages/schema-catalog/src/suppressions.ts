import { UserError } from '@ecommerce-dms/errors';
import type { Difference } from './compare.ts';
import { globPattern } from './glob.ts';

/** Differences that somebody else answers for. In each pattern `*` means any text; what is not given means any. */
export interface DifferenceSuppression {
  /** Such as `role` or `foreign *`. */
  kind?: string;
  /** Such as `pg_cron` or `partman.*`. */
  identity?: string;
  /** Of a change, such as `privileges of *`. An object that was added or removed has none. */
  attribute?: string;
  reason: string;
  /** The last day on which it holds, such as `2027-01-31`. Default: it holds always. */
  until?: string;
}

/** What is wrong with a suppression. */
export interface SuppressionFault {
  fault: 'expired' | 'unused';
  suppression: DifferenceSuppression;
}

/** What is left of differences. */
export interface Suppressed<Each extends Difference> {
  differences: Each[];
  suppressed: { difference: Each; reason: string }[];
  /** Suppressions that hold no more, or that nothing needs: they would hide a difference later. */
  faults: SuppressionFault[];
}

/**
 * Takes out the differences that a suppression covers.
 *
 * @param today the day by which suppressions expire; default: the day in UTC
 * @throws UserError `invalid-settings` names each suppression without a reason, without a pattern, or with a day that
 *   does not exist
 */
export function suppressDifferences<Each extends Difference>(
  differences: readonly Each[],
  suppressions: readonly DifferenceSuppression[],
  today: Date = new Date(),
): Suppressed<Each> {
  checkSuppressions(suppressions);
  const day = today.toISOString().slice(0, 10);
  const used = new Set<DifferenceSuppression>();
  const result: Suppressed<Each> = { differences: [], suppressed: [], faults: [] };
  for (const difference of differences) {
    const covering = suppressions.filter((suppression) => covers(suppression, difference));
    for (const each of covering) used.add(each);
    const valid = covering.find(({ until }) => until === undefined || until >= day);
    if (valid) result.suppressed.push({ difference, reason: valid.reason });
    else result.differences.push(difference);
  }
  for (const suppression of suppressions) {
    const isExpired = suppression.until !== undefined && suppression.until < day;
    if (isExpired) result.faults.push({ fault: 'expired', suppression });
    else if (!used.has(suppression)) result.faults.push({ fault: 'unused', suppression });
  }
  return result;
}

function covers({ kind, identity, attribute }: DifferenceSuppression, difference: Difference): boolean {
  const matches = (glob: string | undefined, text: string | undefined): boolean =>
    glob === undefined || (text !== undefined && globPattern(glob).test(text));
  return (
    matches(kind, difference.kind) &&
    matches(identity, difference.identity) &&
    matches(attribute, difference.attribute)
  );
}

/** A suppression as a text, for messages. */
export function describeSuppression({
  kind = '*',
  identity = '*',
  attribute,
}: DifferenceSuppression): string {
  return [kind, identity, ...(attribute === undefined ? [] : [attribute])].join(' ');
}

function checkSuppressions(suppressions: readonly DifferenceSuppression[]): void {
  const faults = suppressions.flatMap((suppression) => {
    const { kind, identity, attribute, reason, until } = suppression;
    const name = describeSuppression(suppression);
    return [
      ...(kind === undefined && identity === undefined && attribute === undefined
        ? [`${name}: it would suppress everything`]
        : []),
      ...(reason.trim() === '' ? [`${name}: it has no reason`] : []),
      ...(until !== undefined && !isDay(until) ? [`${name}: until is ${until}`] : []),
    ];
  });
  if (faults.length === 0) return;
  throw new UserError(
    'invalid-settings',
    `Wrong suppressions:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    { hint: 'Give each a kind, an identity or an attribute, and a reason; write a day as 2027-01-31.' },
  );
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
  );
}
