import type { Node, RangeVar } from 'libpg-query';
import { relationName } from '../identifiers.ts';
import type { Queryable } from '../ledger.ts';
import { parseStatements } from '../parse-statements.ts';

const identifier = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const nameAtStart = new RegExp(String.raw`^${identifier}(?:\s*\.\s*${identifier})*`, 'u');

/**
 * Runs a statement on empty temporary copies of the tables that it names, so that what it makes there can be compared
 * with what exists. The copies are dropped after `use`.
 *
 * @param sql one statement
 * @param copied the tables to copy first; a table that the statement itself creates is not among them
 * @param prepare changes the copies before the statement runs
 */
export async function onTemporaryCopy<Result>(
  session: Queryable,
  sql: string,
  copied: readonly RangeVar[],
  use: () => Promise<Result>,
  prepare?: () => Promise<unknown>,
): Promise<Result> {
  // Parsed again, because places in its tree count from the beginning of the text that it was parsed in.
  const [statement] = await parseStatements(sql);
  const bytes = Buffer.from(sql);
  let end = bytes.length;
  const pieces: string[] = [];
  const named = rangeVarsIn(statement?.node).sort((a, b) => (b.location ?? 0) - (a.location ?? 0));
  for (const { relname, location = 0 } of named) {
    const name = nameAtStart.exec(bytes.subarray(location).toString())?.[0];
    if (name === undefined) throw new Error(`There is no name at byte ${location} of the statement.`);
    pieces.unshift(bytes.subarray(location + Buffer.byteLength(name), end).toString());
    pieces.unshift(temporaryName(relname));
    end = location;
  }
  pieces.unshift(bytes.subarray(0, end).toString());
  const names = new Map(copied.map((table) => [temporaryName(table.relname), relationName(table)]));
  try {
    // All at once: a copy hides the table in a search path.
    const oids = new Map<string, unknown>();
    for (const [temporary, original] of names) {
      const [row] = await session.query('select ?::regclass::oid::text as oid', [original]);
      oids.set(temporary, row?.['oid']);
    }
    for (const [temporary, oid] of oids) {
      const [row] = await session.query(
        `select format('%I.%I', n.nspname, c.relname) as name
         from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ?`,
        [oid],
      );
      await session.query(
        `create table ${temporary} (like ${String(row?.['name'])} including defaults including generated including identity including indexes)`,
      );
    }
    await prepare?.();
    await session.query(pieces.join(''));
    return await use();
  } finally {
    const created = new Set([...names.keys(), ...named.map(({ relname }) => temporaryName(relname))]);
    // In a transaction that has failed they go with it.
    await session.query(`drop table if exists ${[...created].join(', ')} cascade`).catch(() => {});
  }
}

/** The name of a table's temporary copy, quoted. */
export function temporaryName(relname: string | undefined): string {
  return relationName({ schemaname: 'pg_temp', relname });
}

function rangeVarsIn(value: Node | undefined): RangeVar[] {
  const found: RangeVar[] = [];
  const walk = (child: unknown): void => {
    if (typeof child !== 'object' || child === null) return;
    if ('relname' in child && 'relpersistence' in child) found.push(child as RangeVar);
    for (const each of Object.values(child)) walk(each);
  };
  walk(value);
  return found;
}
