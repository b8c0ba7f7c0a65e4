import { parseArgs } from 'node:util';
import { benchCheckout } from './checkout.ts';
import { benchCoupon } from './coupon.ts';
import { benchLint } from './lint.ts';
import { machine } from './machine.ts';
import { benchMigrations } from './migrations.ts';
import { benchMigrationLoad } from './migration-load.ts';
import { benchMigrationLocks } from './migration-locks.ts';
import { benchOrderSize } from './order-size.ts';
import { benchOrderWrites } from './order-writes.ts';
import { benchRelay, benchRelayWaiting } from './relay.ts';
import { benchSameProduct } from './same-product.ts';
import { benchSeeder } from './seeder.ts';
import { benchStartup } from './startup.ts';
import { benchSynth } from './synth.ts';

/** By name: each returns a table, its first row the header. */
const suites: Record<string, (options: { orders?: number }) => Promise<string[][]>> = {
  startup: benchStartup,
  synth: benchSynth,
  lint: benchLint,
  seeder: benchSeeder,
  checkout: benchCheckout,
  coupon: benchCoupon,
  'order-writes': benchOrderWrites,
  'order-size': benchOrderSize,
  'same-product': benchSameProduct,
  migrations: benchMigrations,
  relay: benchRelay,
  'relay-waiting': benchRelayWaiting,
  'migration-locks': benchMigrationLocks,
  'migration-load': benchMigrationLoad,
};

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { orders: { type: 'string' } },
});
const options = values.orders === undefined ? {} : { orders: Number(values.orders) };
const unknown = asked.filter((name) => !(name in suites));
if (unknown.length > 0) {
  const known = Object.keys(suites).join(', ');
  console.error(`There is no benchmark ${unknown.join(', ')}. The benchmarks are: ${known}.`);
  process.exitCode = 2;
} else {
  console.log(machine());
  for (const [name, run] of Object.entries(suites)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\n${name}`);
    print(await run(options));
  }
}

function print(rows: string[][]): void {
  // A row of one cell is a remark.
  const cells = rows.filter((row) => row.length > 1);
  const widths = rows[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) {
    console.log(
      `  ${row
        .map((cell, column) => (row.length > 1 ? cell.padEnd(widths[column] ?? 0) : cell))
        .join('  ')
        .trimEnd()}`,
    );
  }
}
