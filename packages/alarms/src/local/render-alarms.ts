import { formatThreshold, formatValue } from '../format-value.ts';
import type { LocalAlarm, LocalEvaluation, LocalState } from './evaluate-locally.ts';

const order: readonly LocalState[] = ['alarm', 'insufficient', 'ok', 'not-evaluable'];
const header = ['state', 'instance', 'alarm', 'value', 'threshold', 'note'];

/** The verdicts as a plain text table, what needs attention first, and below it what to do about each alarm that fires. */
export function renderAlarms(evaluation: LocalEvaluation): string {
  const alarms = evaluation.alarms.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const rows = [header, ...alarms.map(cells)];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const advice = alarms
    .filter(({ state }) => state === 'alarm')
    .map(
      ({ definition, instance }) =>
        `${definition.id} on ${instance}: ${definition.title}. ${definition.runbook}`,
    );
  return [...lines, ...advice.flatMap((text) => ['', text])].join('\n');
}

function cells({ definition, instance, state, value, reason }: LocalAlarm): string[] {
  const name = state === 'alarm' ? `ALARM (${definition.severity})` : state.replace('-', ' ');
  const shown = value === null ? '-' : formatValue(value, definition.unit);
  return [name, instance, definition.id, shown, formatThreshold(definition), reason];
}
