import { UserError } from '@ecommerce-dms/errors';
import { hasSqlDetails } from 'libpg-query';
import type { Context } from './context.ts';
import type { Finding, Report, Severity } from './finding.ts';
import { type LintMigration, type LintStatement, lintStatementsOf } from './lint-statement.ts';
import { placeInFile } from './place-in-file.ts';
import { statementsOfDo, statementsWithin } from './procedural.ts';
import type { Rule } from './rule.ts';
import { rules, suppressionCodes } from './rules.ts';
import { SchemaModel } from './schema-model.ts';
import {
  checkDays,
  covers,
  isExpired,
  type LintSuppression,
  type PlacedSuppression,
  suppressionsBeside,
} from './suppressions.ts';

/** How statements are judged. */
export interface LintOptions {
  /** What the database has, of `readSchemaModel()`. Unless given, a table that no statement creates has rows, and is in use. */
  model?: SchemaModel;
  /**
   * After which migrations a release was made, by name; `'each'` means after every one. What is created before the
   * end of a release is in use after it. Default: none, all migrations are applied to an empty or idle database at once.
   */
  releases?: readonly string[] | 'each';
  /** Accepted findings, beside those that comments name. */
  ignore?: readonly LintSuppression[];
  /** Codes with another severity, or `off`; a rule that is off unless asked for is switched on by its severity. */
  rules?: Readonly<Record<string, Severity | 'off'>>;
  /** Below how many rows a table is so small that an error about its lock becomes a warning. Default 10,000; 0: never. */
  smallTableRows?: number;
  /** The day on which suppressions are judged; today unless given. */
  today?: Date;
}

/**
 * Judges the statements of migrations, in the order in which they run.
 *
 * @returns what was found, in the order of the statements
 * @throws UserError `invalid-settings`: an option names no rule, a wrong day or a wrong number.
 * @throws UserError `invalid-migration`: a query is not valid SQL.
 */
export async function lintStatements(
  migrations: readonly LintMigration[],
  options: LintOptions = {},
): Promise<Finding[]> {
  const { model = new SchemaModel(), releases = [], ignore = [], today = new Date() } = options;
  const judge = new Judge(model, activeRules(options), smallTableRows(options));
  checkReleases(releases, migrations);
  checkDays(ignore);
  const suppressions: PlacedSuppression[] = [...ignore];
  const found: { finding: Finding; at: LintStatement }[] = [];
  for (const migration of migrations) {
    const statements = await statementsOf(migration);
    for (const [index, statement] of statements.entries()) {
      suppressions.push(...suppressionsBeside(statement));
      const context = { earlier: statements.slice(0, index), later: statements.slice(index + 1) };
      for (const finding of judge.judge(statement, context)) found.push({ finding, at: statement });
    }
    if (releases === 'each' || releases.includes(migration.name)) model.beginRun();
  }
  return suppress(found, suppressions, today);
}

function activeRules({ rules: chosen = {} }: LintOptions): Rule[] {
  const known = new Set<string>([...rules.map(({ code }) => code), ...Object.keys(suppressionCodes)]);
  const unknown = Object.keys(chosen).filter((code) => !known.has(code));
  if (unknown.length > 0) {
    throw new UserError('invalid-settings', `There is no rule ${unknown.join(', ')}.`, {
      hint: `The rules are: ${rules.map(({ code }) => code).join(', ')}.`,
    });
  }
  return rules.flatMap((rule) => {
    const severity = chosen[rule.code] ?? (rule.isOff ? 'off' : rule.severity);
    return severity === 'off' ? [] : [{ ...rule, severity }];
  });
}

function smallTableRows({ smallTableRows: rows = 10_000 }: LintOptions): number {
  if (Number.isInteger(rows) && rows >= 0) return rows;
  throw new UserError('invalid-settings', `smallTableRows is ${rows}: it must be a whole number from 0.`);
}

function checkReleases(releases: LintOptions['releases'], migrations: readonly LintMigration[]): void {
  const unknown = Array.isArray(releases)
    ? releases.filter((name) => !migrations.some((migration) => migration.name === name))
    : [];
  if (unknown.length === 0) return;
  throw new UserError('invalid-settings', `releases names no migration: ${unknown.join(', ')}.`);
}

async function statementsOf(migration: LintMigration): Promise<LintStatement[]> {
  try {
    return await lintStatementsOf(migration);
  } catch (cause) {
    if (!hasSqlDetails(cause)) throw cause;
    throw new UserError('invalid-migration', `${migration.name}: ${cause.message}`, { cause });
  }
}

class Judge {
  readonly #model: SchemaModel;
  readonly #rules: readonly Rule[];
  readonly #smallTableRows: number;

  constructor(model: SchemaModel, active: readonly Rule[], smallTableRows: number) {
    this.#model = model;
    this.#rules = active;
    this.#smallTableRows = smallTableRows;
  }

  /** The findings of a statement; the model has its changes afterwards. */
  judge(statement: LintStatement, around: Pick<Context, 'earlier' | 'later'>): Finding[] {
    const context: Context = { ...statement, ...around, model: this.#model };
    const findings = this.#rules.flatMap((rule) =>
      [...rule.check(context)].map((report) => this.#finding(rule, report, statement)),
    );
    this.#model.apply(statement.node, statement.migration.name);
    // A block and its statements have one place, and run in one transaction.
    const isBlock = 'DoStmt' in statement.node;
    const migration = isBlock ? { ...statement.migration, transactional: true } : statement.migration;
    const inner = isBlock ? statementsOfDo(statement).statements : statementsWithin(statement);
    if (inner.length === 0) return findings;
    return [
      ...findings,
      ...inner.flatMap((each, index) =>
        this.judge(
          { ...each, migration },
          { earlier: inner.slice(0, index), later: inner.slice(index + 1) },
        ).map(({ rewrite: _rewrite, ...finding }) => ({ ...finding, migration: statement.migration.name })),
      ),
    ];
  }

  #finding({ code, severity, why }: Rule, report: Report, statement: LintStatement): Finding {
    const { message, advice, rewrite, blocks } = report;
    const isSmall = blocks?.rows !== undefined && blocks.rows < this.#smallTableRows;
    return {
      code,
      severity: report.severity ?? (isSmall ? 'warning' : severity),
      ...placeOf(statement),
      message,
      why,
      ...(advice !== undefined && { advice }),
      ...(rewrite !== undefined && { rewrite }),
    };
  }
}

function placeOf(statement: LintStatement): Omit<Finding, 'code' | 'severity' | 'message' | 'why'> {
  const { migration, index, sql } = statement;
  const line = placeInFile(statement);
  return {
    migration: migration.name,
    ...(migration.path !== undefined && { path: migration.path }),
    ...(line !== undefined && { line }),
    statement: index,
    sql,
  };
}

/** Leaves out what is accepted, and adds what is wrong with suppressions. */
function suppress(
  found: readonly { finding: Finding; at: LintStatement }[],
  suppressions: readonly PlacedSuppression[],
  today: Date,
): Finding[] {
  const used = new Set<PlacedSuppression>();
  const left = found.filter(({ finding, at }) => {
    const covering = suppressions.filter((each) => covers(each, { code: finding.code, at }));
    for (const each of covering) used.add(each);
    return !covering.some((each) => each.reason !== '' && !isExpired(each, today));
  });
  const known = new Set(rules.map(({ code }) => code));
  const wrong = suppressions.flatMap((each) => {
    const say = (code: keyof typeof suppressionCodes, severity: Severity, message: string): Finding => ({
      code,
      severity,
      ...(each.beside
        ? placeOf(each.beside)
        : { migration: each.migration ?? '', statement: 0, sql: each.statement ?? '' }),
      message,
      why: suppressionCodes[code],
    });
    if (!known.has(each.code)) return [say('suppression-unknown', 'error', `There is no rule ${each.code}.`)];
    return [
      ...(each.reason === ''
        ? [say('suppression-without-reason', 'error', `Suppresses ${each.code} and does not say why.`)]
        : []),
      ...(isExpired(each, today)
        ? [say('suppression-expired', 'error', `Suppresses ${each.code} until ${each.until}.`)]
        : []),
      ...(used.has(each)
        ? []
        : [say('suppression-unused', 'warning', `Suppresses ${each.code}, which was not found.`)]),
    ];
  });
  return [...left.map(({ finding }) => finding), ...wrong];
}
