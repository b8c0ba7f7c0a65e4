import { describeDifference, describeSuppression } from '@ecommerce-dms/schema-catalog';
import { migratorCommand } from '../migrator-command.ts';
import type { Drift, DriftFinding, DriftSide } from './drift.ts';

const headings: Record<DriftSide, string> = {
  live: 'The live database differs from the migrations that it has applied. It was changed by hand: undo that, or write it into a migration.',
  entities: `The entities ask for what no migration makes. Write one: ${migratorCommand('create')}.`,
  manifest: 'The live database differs from the manifest.',
};

/** A drift for people; without one a sentence that says so. */
export function describeDrift({
  findings,
  pending,
  suppressed,
  suppressionFaults,
  undecided,
}: Drift): string {
  const sections = (Object.keys(headings) as DriftSide[]).map((side) =>
    section(headings[side], findings.filter((finding) => finding.side === side).map(describeFinding)),
  );
  const faults = suppressionFaults.map(
    ({ fault, suppression }) =>
      `${describeSuppression(suppression)} (${suppression.reason}) ${fault === 'expired' ? `has expired on ${suppression.until}` : 'suppresses nothing'}`,
  );
  const all = [
    ...sections,
    section('Suppressions to remove or renew:', faults),
    section('Not compared:', undecided),
    section('Pending migrations will change:', pending.map(describeDifference)),
    section(
      'Suppressed:',
      suppressed.map(({ difference, reason }) => `${describeFinding(difference)} (${reason})`),
    ),
  ].filter((text) => text !== '');
  const isClean = findings.length + suppressionFaults.length + undecided.length === 0;
  return [...(isClean ? ['The entities, the migrations and the database agree.'] : []), ...all].join('\n\n');
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [heading, ...lines.map((line) => `  ${line}`)].join('\n');
}

function describeFinding(finding: DriftFinding): string {
  const also = {
    pending: ' (as a pending migration will)',
    entities: ' (as the entities ask for)',
  };
  return `${describeDifference(finding)}${finding.wantedBy ? also[finding.wantedBy] : ''}`;
}
