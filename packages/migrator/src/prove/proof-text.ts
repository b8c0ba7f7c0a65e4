import { excerpt } from '../excerpt.ts';
import type { MigrationProof, StatementEvidence } from './proof.ts';
import type { ProveResult } from './prove-options.ts';

/** What was found out, for people. */
export function proofText({ migrations, certified }: ProveResult): string {
  if (migrations.length === 0) return 'No migration was pending.';
  const parts = migrations.map(textOf);
  if (certified.length > 0) parts.push(`Certified in migrations.sum: ${certified.join(', ')}.`);
  return parts.join('\n\n');
}

function textOf({
  name,
  verdict,
  reasons,
  statements,
  probes,
  crash,
  rows,
  postgres,
}: MigrationProof): string {
  const lines = [`${name}: ${verdict}`, ...reasons.map((reason) => `  - ${reason}`)];
  if (crash !== undefined) {
    const sample = crash.kills < crash.possibleKills ? ` (a sample of ${crash.possibleKills})` : '';
    lines.push(
      `  killed and resumed ${crash.kills} times${sample}, ${rows} rows a table, PostgreSQL ${postgres}; ${probes.queries} queries beside it`,
    );
    if (crash.notCompared.length > 0)
      lines.push(`  not compared, different in each run: ${crash.notCompared.join(', ')}`);
  }
  if (probes.unprobed.length > 0) lines.push(`  without queries beside it: ${probes.unprobed.join(', ')}`);
  for (const error of probes.errors) lines.push(`  a query beside it failed: ${error}`);
  return [...lines, ...statements.flatMap(statementLines)].join('\n');
}

function statementLines(evidence: StatementEvidence): string[] {
  const {
    sql,
    isWithPrevious,
    durationMs,
    walBytes,
    locks,
    areLocksExact,
    rewrites,
    scans,
    waits,
    findings,
  } = evidence;
  if (isWithPrevious) return [`  ${excerpt(sql)}`, '    in one message with the one before'];
  const shown = locks.map(({ table, mode }) => `${table} ${mode}`).join(', ') || 'none';
  const lines = [`locks${areLocksExact ? '' : ' (sampled)'}: ${shown}`];
  if (rewrites.length > 0) lines.push(`rewrites: ${rewrites.join(', ')}`);
  if (scans.length > 0) lines.push(`scans: ${scans.join(', ')}`);
  if (waits !== undefined && Object.values(waits).some((ms) => ms > 0)) {
    lines.push(
      `waited for it: reads ${waits.read} ms, inserts ${waits.insert} ms, updates ${waits.update} ms`,
    );
  }
  lines.push(...findings.map(({ code, severity, message }) => `${severity} ${code}: ${message}`));
  return [
    `  ${excerpt(sql)}`,
    `    ${durationMs} ms, ${Math.ceil(walBytes / 1024)} KiB of WAL at most`,
    ...lines.map((line) => `    ${line}`),
  ];
}
