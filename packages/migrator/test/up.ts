// Runs one scenario's migrations in a process of its own: `node test/up.ts URL SCENARIO`.
import { Migrator } from '../src/index.ts';
import { openOrm } from './migration.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const [url = '', scenario] = process.argv.slice(2);
const orm = await openOrm(url, scenarios[scenario as Scenario]);
const applied = await Migrator.of(orm).up();
await orm.close();
process.stdout.write(`${JSON.stringify(applied.map(({ name }) => name))}\n`);
