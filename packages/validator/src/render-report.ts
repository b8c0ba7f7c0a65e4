import type { CheckResult, CheckState, Report } from './report.ts';

const order: readonly CheckState[] = ['failed', 'error', 'skipped', 'passed', 'proven'];

/** Returns the report as plain text: a table of all checks, then the findings of those that failed, then the totals. */
export function renderReport(report: Report): string {
  const sorted = order.flatMap((state) => report.checks.filter((check) => check.state === state));
  const rows = sorted.map((check) => [label(check), check.id, check.message]);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const details = sorted.filter((check) => check.state === 'failed').flatMap(detail);
  return [...lines, ...details, '', summary(report)].join('\n');
}

/** The word of the table's first column; `WARN` is a failed check of severity warning. */
function label(check: CheckResult): string {
  if (check.state !== 'failed') return check.state === 'passed' ? 'ok' : check.state.toUpperCase();
  return check.severity === 'error' ? 'FAILED' : 'WARN';
}

function detail(check: CheckResult): string[] {
  const lines = ['', `${label(check)} ${check.id}: ${check.description}`];
  for (const finding of check.findings) {
    lines.push(`  - ${[finding.object, finding.message].filter((part) => part !== '').join(': ')}`);
    if (finding.fix !== undefined) lines.push(`      fix: ${indented(finding.fix, 12)}`);
  }
  const more = check.failures - check.findings.length;
  if (more > 0) lines.push(`  - and ${more} more`);
  if (check.findSql !== undefined) lines.push(`  find: ${indented(check.findSql, 8)}`);
  if (check.fix !== undefined) lines.push(`  fix: ${indented(check.fix, 8)}`);
  return lines;
}

function indented(text: string, by: number): string {
  return text.trim().replaceAll('\n', `\n${' '.repeat(by)}`);
}

function summary(report: Report): string {
  const { totals, server } = report;
  const counts = order.filter((state) => totals[state] > 0).map((state) => `${totals[state]} ${state}`);
  const severities = totals.failed > 0 ? ` (errors: ${totals.errors}, warnings: ${totals.warnings})` : '';
  const retried = report.attempts > 1 ? `, snapshot ${report.attempts} after conflicts with recovery` : '';
  return `${report.checks.length} checks: ${counts.join(', ') || 'none'}${severities}
${report.database} on a ${server.role}, PostgreSQL ${server.version}, at ${report.snapshotLsn}${retried}
${report.scans} scans, ${report.statements} statements, ${report.durationMs} ms`;
}
