import type { AlarmDefinition } from './alarm-definition.ts';

/** What the person who is called reads: what it is, what to do, and why this threshold. */
export function alarmDescription(definition: AlarmDefinition): string {
  const { title, why, runbook, derivation, source } = definition;
  return `${title}. ${why}\n\nWhat to do: ${runbook}\n\nThreshold: ${derivation} (${source})`;
}
