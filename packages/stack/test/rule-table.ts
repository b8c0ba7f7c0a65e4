import { policyRules } from '../src/index.ts';

/** The reference's table of rules. */
export function ruleTable(): string {
  const rows = policyRules.map(({ id, severity, ids, fix }) => [
    `\`${id}\``,
    severity,
    fix,
    ...[ids?.checkov, ids?.trivy, ids?.securityHub].map((external) => external?.join(', ') ?? ''),
  ]);
  const header = ['rule', 'severity', 'what it wants', 'Checkov', 'Trivy', 'Security Hub'];
  const table = [header, header.map(() => '-'), ...rows];
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) => {
      const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0, cell === '-' ? '-' : ' '));
      return `| ${cells.join(' | ')} |`;
    })
    .join('\n');
}
