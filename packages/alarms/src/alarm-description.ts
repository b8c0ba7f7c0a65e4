import type { AlarmDefinition } from './alarm-definition.ts';

/** What the person on call reads: what is wrong, what to do, and why the threshold is what it is. */
export function alarmDescription(definition: AlarmDefinition): string {
  const { title, why, runbook, derivation, source } = definition;
  return `${title}. ${why}\n\nWhat to do: ${runbook}\n\nThreshold: ${derivation} (${source})`;
}
