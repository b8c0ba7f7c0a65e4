import {
  type BrokenOperation,
  type CompatibilityBreak,
  type CompatibilityReport,
  isProven,
  type Undecided,
} from './report.ts';

/** The verdict for people. */
export function compatibilityText(report: CompatibilityReport): string {
  const { previous, migrations, operations, breaks, undecided, excepted } = report;
  const tried = `Tried ${operations} operations of the ${previous.entities} entities of ${previous.title}, by its MikroORM ${previous.mikroOrm}`;
  const when =
    migrations.length === 0 ? 'There is no new migration.' : `New migrations: ${migrations.join(', ')}.`;
  const left = excepted === 0 ? [] : [`Left out, as excepted: ${excepted}.`];
  const verdict = isProven(report)
    ? 'Both releases work side by side.'
    : `Breaks: ${breaks.length}. Undecided: ${undecided.length}.`;
  return [
    `${tried}, before and after each new migration. ${when}`,
    ...left,
    ...breaks.map(breakText),
    ...undecidedTexts(undecided),
    verdict,
  ].join('\n');
}

function breakText({
  release,
  entity,
  property,
  since,
  until,
  problem,
  remedy,
  operations,
}: CompatibilityBreak): string {
  const place = property === undefined ? entity : `${entity}.${property}`;
  const from = since === undefined ? '' : ` since ${since}`;
  const to = until === undefined ? '' : `, until ${until}`;
  return [
    `BREAK  ${place} of the ${release} release${from}${to}`,
    `  ${problem}`,
    ...operations.flatMap(operationLines),
    `  ${remedy}`,
  ].join('\n');
}

function operationLines({ operation, variant, statement, error }: BrokenOperation): string[] {
  const result = error === undefined ? 'another result' : error;
  return [
    `  - ${operation} (${variant}): ${result}`,
    ...(statement === undefined ? [] : [`      ${statement}`]),
  ];
}

/** One line for what has the same reason. */
function undecidedTexts(undecided: readonly Undecided[]): string[] {
  const byReason = Map.groupBy(undecided, ({ release, reason }) => `${release}\n${reason}`);
  return [...byReason.values()].map((same) => {
    const [{ release, reason } = { release: 'previous', reason: '' }] = same;
    const places = same.flatMap(({ entity, property, operation }) => {
      if (entity === undefined) return [];
      const place = property === undefined ? entity : `${entity}.${property}`;
      return operation === undefined ? [place] : [`${place}:${operation}`];
    });
    const subject =
      places.length === 0 ? `The ${release} release` : `${places.join(', ')} of the ${release} release`;
    return `UNDECIDED  ${subject}\n  ${reason}`;
  });
}
