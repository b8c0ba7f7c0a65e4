import { Option } from 'commander';
import type { AdoptOptions } from '../../adopt/adopt.ts';
import { repeatable } from '../run-options.ts';
import { count, table } from '../text.ts';
import { verb } from '../verb.ts';

/** Takes over the history of another tool. */
export const adopt = verb<AdoptOptions>({
  name: 'adopt',
  summary: 'take over what MikroORM, Flyway, Prisma, Drizzle, node-pg-migrate, Knex or Liquibase has applied',
  details:
    'It records the migrations of the code that the history names, runs none, and leaves the history as it is.',
  options: [
    new Option('--dry-run', 'only show what would be recorded'),
    new Option('--schema <name>', 'in the ledger of this schema'),
    new Option('--from <schema.table>', 'the history, where the database has several'),
    new Option('--journal <file>', "drizzle's meta/_journal.json (default: the one beside the migrations)"),
    repeatable('--applied <name>', 'the database has all changes of this one, whatever the history says'),
    repeatable('--pending <name>', 'the database has no changes of this one: up applies it'),
    repeatable('--ignore <entry>', 'nothing in the code stands for this entry of the history'),
  ],
  run: async (migrator, options) => {
    const result = await migrator.adopt(options);
    const { tool, table: from, rule, adopted, leftOut } = result;
    const rows = [
      ...adopted.map(({ name, entries }) => [name, entries.join(', ') || '(called applied)']),
      ...leftOut.map((entry) => ['(nothing)', entry]),
    ];
    const verb = options.dryRun === true ? 'Would take over' : 'Took over';
    const text = `${verb} ${count(adopted.length, 'migration')} from ${from}, the history of ${tool}, matched by ${rule}.`;
    return {
      json: result,
      text: rows.length === 0 ? text : `${text}\n${table([['migration', 'entry'], ...rows])}`,
    };
  },
});
