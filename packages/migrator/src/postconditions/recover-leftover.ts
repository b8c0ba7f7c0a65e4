import type { Leftover } from '../classify-statement.ts';
import type { PlannedStatement } from '../plan-migration.ts';
import type { WorkSession } from '../work-session.ts';
import { expectedDefinition, findIndex } from './index-postcondition.ts';

/**
 * Clears what an earlier attempt of a statement left behind, so that the statement can run again.
 *
 * @param interrupted whether that attempt ended without an answer from the server (a kill): then an effect that is
 *   found is that attempt's own
 * @returns whether the statement is done and must not run again
 */
export async function recoverLeftover(
  session: WorkSession,
  { sql, node }: PlannedStatement,
  leftover: Leftover,
  interrupted: boolean,
): Promise<boolean> {
  switch (leftover.kind) {
    case 'create-index': {
      const index = await findIndex(session, leftover.table, leftover.index);
      if (index === undefined || index.isBeingBuilt) return false;
      if (!index.isValid) {
        await session.execute(`drop index concurrently ${index.name}`);
        return false;
      }
      // The name alone does not tell whose index it is.
      if (!interrupted || !('IndexStmt' in node)) return false;
      return index.definition === (await expectedDefinition(session, sql, node.IndexStmt));
    }
    case 'drop-index': {
      const [index] = await session.query('select to_regclass(?) is null as gone', [leftover.index]);
      return index?.['gone'] === true && interrupted;
    }
    case 'reindex': {
      const leftovers = await session.query(
        `select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
         where not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$' and i.indrelid in
           (to_regclass(?), (select indrelid from pg_index where indexrelid = to_regclass(?)))`,
        [leftover.relation, leftover.relation],
      );
      for (const { name } of leftovers) await session.execute(`drop index concurrently ${name}`);
      return false;
    }
    case 'detach-partition': {
      const { parent, partition } = leftover;
      const [link] = await session.query(
        'select inhdetachpending as pending from pg_inherits where inhparent = to_regclass(?) and inhrelid = to_regclass(?)',
        [parent, partition],
      );
      if (link?.['pending'] !== true) return link === undefined && interrupted;
      await session.execute(`alter table ${parent} detach partition ${partition} finalize`);
      return true;
    }
  }
}
