import { machine } from './machine.ts';
import { benchStartup } from './startup.ts';

const suites = { startup: benchStartup };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}. The benchmarks are: ${Object.keys(suites).join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  console.log(machine());
  for (const [name, run] of Object.entries(suites)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\n${name}`);
    for (const row of await run())
      console.log(
        `  ${row
          .map((cell) => cell.padEnd(40))
          .join('')
          .trimEnd()}`,
      );
  }
}
