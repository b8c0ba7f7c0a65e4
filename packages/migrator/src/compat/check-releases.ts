import { withClient } from '../with-client.ts';
import { isUserError, UserError } from '@ecommerce-dms/errors';
import {
  type AbstractSqlDriver,
  MikroORM,
  Reference,
  ScalarReference,
  Utils,
  wrap,
} from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { migratorCommand } from '../migrator-command.ts';
import { refuseClusterWide } from '../shadow/cluster-wide.ts';
import { shadowConfig } from '../shadow/shadow-config.ts';
import { type Shadow, withShadow } from '../shadow/with-shadow.ts';
import { sqlState } from '../sql-state.ts';
import { Breaks } from './breaks.ts';
import { Catalog } from './catalog.ts';
import { compareOutcomes, goneRows } from './compare-outcomes.ts';
import { type Difference, failureText } from './difference.ts';
import { type Control, Exercise } from './exercise/exercise.ts';
import type { EntityDescription } from './exercise/outcome.ts';
import { openRelease } from './exercise/release.ts';
import { failureOf } from './exercise/run-operation.ts';
import { remedies } from './explain-failure.ts';
import { makeRows } from './make-rows.ts';
import { judgeNewRelease } from './new-release.ts';
import type { CompatOptions } from './options.ts';
import { withPreviousRelease } from './previous/previous-release.ts';
import { type RemoteRelease, withReleaseProcess } from './process/release-process.ts';
import type { CompatibilityReport, Undecided } from './report.ts';
import { checkSharedRows } from './shared-rows-check.ts';
import { undecidedOf, Verdict } from './verdict.ts';

/**
 * Tries, in a throwaway database, whether the previous release works while and after the new migrations are applied,
 * and the new one beside it: each reads and writes with its own entities, its own MikroORM, in a process of its own
 * where it is the previous one.
 *
 * @throws UserError `invalid-settings`, `migration-not-found`: an option names no commit, folder, configuration or migration.
 * @throws UserError `release-unusable`: the previous release cannot be loaded, or its migrations fail.
 * @throws UserError `shadow-refused`, `database-unreachable`: there is no throwaway database.
 * @throws UserError with the codes of `up()`: a new migration fails for another reason than the rows.
 * @throws UserError `interrupted`: the signal was aborted.
 */
export function checkReleases(
  driver: AbstractSqlDriver,
  options: CompatOptions,
): Promise<CompatibilityReport> {
  const { project, signal, progress = () => {} } = options;
  return withPreviousRelease(project, options.previous, signal, (release) =>
    withShadow(driver, options, (shadow) => {
      const location = { ...release, session: shadow.session };
      return withReleaseProcess(location, { env: project.env, log: progress, signal }, (remote) =>
        withClient(shadow.session, async (client) => {
          const check = new Check({ driver, options, shadow, remote, client, progress });
          const { mikroOrm, entities } = await remote.describe();
          const previous = { title: release.title, mikroOrm, entities: entities.length };
          return { previous, ...(await check.run(entities)) };
        }),
      );
    }),
  );
}

interface Surroundings {
  driver: AbstractSqlDriver;
  options: CompatOptions;
  shadow: Shadow;
  remote: RemoteRelease;
  client: Client;
  progress: (line: string) => void;
}

/** A migration that fails on rows that the previous release has written. */
interface Stop {
  name: string;
  difference: Difference;
}

class Check {
  readonly #surroundings: Surroundings;
  readonly #previous = new Breaks('previous');
  readonly #verdict: Verdict;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#verdict = new Verdict(surroundings.options.except ?? []);
  }

  async run(entities: readonly EntityDescription[]): Promise<Omit<CompatibilityReport, 'previous'>> {
    const { remote, client, progress, shadow } = this.#surroundings;
    progress('Applying the migrations of the previous release.');
    await this.#migratePrevious();
    const names = (await shadow.migrator.getPending()).map(({ name }) => name);
    const { expand, contract } = this.#phases(names);
    progress('Trying the operations of the previous release.');
    const reasons = await this.#fill(this.#surroundings.options.rowsSql);
    const control = await remote.control();
    const before = await Catalog.read(client);
    this.#verdict.undecided(withoutEntities('previous', entities));
    this.#verdict.undecided(undecidedOf('previous', control, entities, reasons));
    const gone = new Map<string, Undecided>();
    let stop: Stop | undefined;
    for (const name of expand) {
      progress(`Trying them after ${name}.`);
      stop = await this.#apply(name, entities);
      if (stop !== undefined) break;
      const outcomes = await remote.run();
      const catalogs = { before, after: await Catalog.read(client) };
      this.#previous.add(compareOutcomes(control, outcomes, entities, catalogs), name);
      for (const { entity, operation } of goneRows(outcomes)) {
        const reason = `Its row is gone after ${name}: a migration deletes it.`;
        gone.set(`${entity} ${operation}`, { release: 'previous', entity, operation, reason });
      }
    }
    this.#verdict.undecided([...gone.values()]);
    if (stop === undefined) stop = await this.#checkBesideNew(entities, control, contract);
    this.#stopAt(stop, names);
    this.#verdict.breaks(this.#previous.all());
    return { migrations: names, operations: control.first.length, ...this.#verdict.result() };
  }

  async #migratePrevious(): Promise<void> {
    const { remote, shadow, options } = this.#surroundings;
    const pending = await remote.pending();
    if (options.shadowUrl === undefined) {
      if (pending === undefined) {
        throw new UserError(
          'invalid-settings',
          "The previous release has MikroORM's own migrator, which does not tell what its migrations change beyond their database.",
          {
            hint: `Replay them on another server than that of the project, such as a local one: ${migratorCommand('compat', '--previous', 'REF', '--shadow-url', 'URL')}.`,
          },
        );
      }
      await refuseClusterWide(pending);
    }
    const applied = await remote.migrate();
    if (pending === undefined) await shadow.migrator.adopt();
    await this.#takeOverLedger(applied);
  }

  /** Goes on where this version of the package cannot read what that of the previous release has recorded. */
  async #takeOverLedger(applied: readonly string[]): Promise<void> {
    const { client, shadow } = this.#surroundings;
    const last = applied.at(-1);
    try {
      await shadow.migrator.getPending();
    } catch (error) {
      if (!isUserError(error) || error.code !== 'ledger-foreign' || last === undefined) throw error;
      const [, rename] = /`(alter table [^`]+)`/.exec(error.hint ?? '') ?? [];
      if (rename === undefined) throw error;
      await client.query(rename);
      await shadow.migrator.baseline(last);
      const reason = `The migrator of the new release does not read the ledger of the previous one: ${error.message} What follows holds once it is taken over.`;
      this.#verdict.undecided([{ release: 'new', reason }]);
    }
  }

  #phases(names: readonly string[]): { expand: readonly string[]; contract: readonly string[] } {
    const { expandTo } = this.#surroundings.options;
    if (expandTo === undefined) return { expand: names, contract: [] };
    const last = names.indexOf(expandTo);
    if (last !== -1) return { expand: names.slice(0, last + 1), contract: names.slice(last + 1) };
    throw new UserError(
      'migration-not-found',
      `${expandTo} is no migration that the previous release lacks. These are: ${names.join(', ') || 'none'}.`,
      { hint: `Name one of them; ${migratorCommand('info')} shows all migrations.` },
    );
  }

  #fill(sql?: string): Promise<Map<string, string>> {
    const { client, options } = this.#surroundings;
    return makeRows(client, { rows: options.rows ?? 20, sql });
  }

  /**
   * Applies one migration.
   *
   * @returns why it fails on the rows; on an empty database it does not
   */
  async #apply(name: string, entities: readonly EntityDescription[]): Promise<Stop | undefined> {
    const { driver, options, shadow } = this.#surroundings;
    const apply = (where: Shadow, names?: string[]) => where.replay(names, { allowOutOfOrder: true });
    try {
      await apply(shadow, [name]);
      return undefined;
    } catch (error) {
      // Only what is wrong with a value or a constraint can be the rows' fault.
      if (!/^2[23]/.test(sqlState(error) ?? '') || !isUserError(error)) throw error;
      await withShadow(driver, options, (empty) => apply(empty)).catch(() => {
        throw error;
      });
      const failure = failureOf(error.cause);
      const entity = entities.find(({ table }) => table === failure.table);
      const property = entity?.properties.find(({ columns }) => columns.includes(failure.column ?? ''));
      return {
        name,
        difference: {
          entity: entity?.name ?? failure.table ?? name,
          ...(property !== undefined && { property: property.name }),
          operation: 'migration',
          variant: name,
          failure,
          problem: `${name} fails on rows that the previous release may have written: ${failureText(failure)}.`,
          remedy: remedies.migration,
        },
      };
    }
  }

  #stopAt(stop: Stop | undefined, names: readonly string[]): void {
    if (stop === undefined) return;
    const { name, difference } = stop;
    const breaks = new Breaks('previous');
    breaks.add([difference], name);
    this.#verdict.breaks(breaks.all());
    const later = names.slice(names.indexOf(name) + 1);
    const what = ['the state after it', ...later, 'the new release'].join(', ');
    this.#verdict.undecided([
      { release: 'previous', reason: `${name} fails, so that nothing was tried of: ${what}.` },
    ]);
  }

  /** Both releases on one database: each other's rows, then the new one alone. */
  async #checkBesideNew(
    entities: readonly EntityDescription[],
    control: Control,
    contract: readonly string[],
  ): Promise<Stop | undefined> {
    const { driver, shadow, remote, client, progress } = this.#surroundings;
    const mikro = { MikroORM, Reference, ScalarReference, Utils, wrap };
    const release = await openRelease(mikro, shadowConfig(driver, shadow.session));
    try {
      progress('Trying the new release beside it.');
      const exercise = new Exercise(release);
      const { entities: own } = await exercise.describe();
      this.#verdict.undecided(withoutEntities('new', own));
      const reasons = await this.#fill();
      let empty = await exercise.plan();
      const early = await exercise.run();
      const old = { entities, known: control.first, ...rowMethods(remote) };
      const next = { entities: own, known: [], ...rowMethods(exercise) };
      const catalog = await Catalog.read(client);
      this.#previousReads(await checkSharedRows(next, old, catalog));
      const newBreaks = new Breaks('new');
      newBreaks.add(await checkSharedRows(old, next, catalog), undefined);
      let stop: Stop | undefined;
      for (const name of contract) {
        progress(`Trying it after ${name}.`);
        stop = await this.#apply(name, own);
        if (stop !== undefined) break;
      }
      let late = early;
      if (contract.length > 0 && stop === undefined) {
        // With the rows as the later migrations have left them.
        empty = await exercise.plan();
        late = await exercise.run();
      }
      const { differences, failed } = judgeNewRelease(early, late, own);
      newBreaks.add(differences, undefined);
      this.#verdict.breaks(newBreaks.all());
      const known = new Set(entities.map(({ name }) => name));
      const unfilled = empty.filter((name) => !known.has(name));
      this.#verdict.undecided(undecidedOf('new', { failed, empty: unfilled }, own, reasons));
      return stop;
    } finally {
      await release.orm.close(true);
    }
  }

  #previousReads(differences: readonly Difference[]): void {
    const breaks = new Breaks('previous');
    breaks.add(differences, undefined);
    this.#verdict.breaks(breaks.all());
  }
}

/** A release whose configuration names no entities shows nothing, such as one whose paths lead nowhere. */
function withoutEntities(release: Undecided['release'], entities: readonly EntityDescription[]): Undecided[] {
  return entities.length > 0
    ? []
    : [{ release, reason: 'Its configuration names no entities, so that nothing was tried.' }];
}

function rowMethods(
  release: Pick<Exercise, 'writeRows' | 'writeValue' | 'readRow'>,
): Pick<Exercise, 'writeRows' | 'writeValue' | 'readRow'> {
  return {
    writeRows: () => release.writeRows(),
    writeValue: (change) => release.writeValue(change),
    readRow: (row) => release.readRow(row),
  };
}
