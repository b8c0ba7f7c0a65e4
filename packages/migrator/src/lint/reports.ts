import { pathToFileURL } from 'node:url';
import { relative, sep } from 'node:path';
import { excerpt } from '../excerpt.ts';
import type { Finding } from './finding.ts';
import { rules, suppressionCodes } from './rules.ts';

/** How findings can be written. */
export const lintFormats = ['text', 'json', 'sarif', 'github'] as const;
export type LintFormat = (typeof lintFormats)[number];

/** How findings are written. @param root the folder to which paths are relative */
export function reportText(findings: readonly Finding[], format: LintFormat, root: string): string {
  return { text, json, sarif, github }[format](findings, root);
}

/** For people: each finding with its statement, why, and the rewrite to copy. */
function text(findings: readonly Finding[], root: string): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const sum = `${errors} errors, ${findings.length - errors} warnings`;
  const blocks = findings.map((finding) => {
    const { code, severity, message, why, advice, sql, rewrite } = finding;
    const lines = [`${placeText(finding, root)}: ${severity} ${code}`, `  ${message}`, `  ${why}`];
    if (sql !== '') lines.push(`  statement: ${excerpt(sql)}`);
    if (advice !== undefined) lines.push(`  ${advice}`);
    if (rewrite) lines.push(...rewriteLines(finding).map((line) => `  ${line}`));
    return lines.join('\n');
  });
  return [...blocks, sum].join('\n\n');
}

function json(findings: readonly Finding[], root: string): string {
  const shown = findings.map((finding) => ({
    ...finding,
    ...(finding.path !== undefined && { path: relativePath(finding.path, root) }),
  }));
  return JSON.stringify({ findings: shown }, undefined, 2);
}

/** SARIF 2.1.0, as code scanning of GitHub and others take it. */
function sarif(findings: readonly Finding[], root: string): string {
  const described = [
    ...rules.map(({ code, why, severity }) => ({ id: code, why, severity })),
    ...Object.entries(suppressionCodes).map(([id, why]) => ({ id, why, severity: 'error' as const })),
  ];
  const driver = {
    name: 'dms-lint',
    rules: described.map(({ id, why, severity }) => ({
      id,
      shortDescription: { text: why },
      defaultConfiguration: { level: severity },
    })),
  };
  const results = findings.map((finding) => ({
    ruleId: finding.code,
    ruleIndex: described.findIndex(({ id }) => id === finding.code),
    level: finding.severity,
    message: { text: messageOf(finding) },
    locations: [locationOf(finding, root)],
  }));
  const base = { originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(root).href}/` } } };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, ...base, columnKind: 'utf16CodeUnits', results }],
  };
  return JSON.stringify(log, undefined, 2);
}

function locationOf({ path, line, migration, statement }: Finding, root: string): object {
  const logicalLocations = [{ fullyQualifiedName: `${migration}#${statement}` }];
  if (path === undefined) return { logicalLocations };
  const artifactLocation = { uri: encodeURI(relativePath(path, root)), uriBaseId: 'ROOT' };
  return { physicalLocation: { artifactLocation, region: { startLine: line ?? 1 } }, logicalLocations };
}

/** Annotations of GitHub Actions: one line each. */
function github(findings: readonly Finding[], root: string): string {
  return findings
    .map((finding) => {
      const { severity, code, path, line } = finding;
      const place = path === undefined ? '' : `file=${property(relativePath(path, root))},line=${line ?? 1},`;
      return `::${severity} ${place}title=${property(code)}::${data(messageOf(finding))}`;
    })
    .join('\n');
}

function data(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function messageOf(finding: Finding): string {
  const { message, why, advice, migration, statement, rewrite } = finding;
  const lines = [`${migration}, statement ${statement + 1}: ${message} ${why}`];
  if (advice !== undefined) lines.push(advice);
  if (rewrite) lines.push(...rewriteLines(finding));
  return lines.join('\n');
}

function rewriteLines({ rewrite }: Finding): string[] {
  const { statements = [], note } = rewrite ?? {};
  return [
    'Instead, each in a transaction of its own:',
    ...statements.map((sql) => `${sql};`),
    ...(note === undefined ? [] : [note]),
  ];
}

function placeText({ path, line, migration, statement }: Finding, root: string): string {
  if (path === undefined) return `${migration}, statement ${statement + 1}`;
  return `${relativePath(path, root)}${line === undefined ? '' : `:${line}`} (${migration}, statement ${statement + 1})`;
}

function relativePath(path: string, root: string): string {
  return relative(root, path).split(sep).join('/');
}
