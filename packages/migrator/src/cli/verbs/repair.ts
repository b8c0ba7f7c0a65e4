import { Option } from 'commander';
import type { RepairDecisions } from '../../adopt/repair.ts';
import { repeatable } from '../run-options.ts';
import { verb } from '../verb.ts';

/** Sets right what info calls failed, changed or missing. */
export const repair = verb<RepairDecisions>({
  name: 'repair',
  summary:
    'set right what info calls failed, changed or missing, as decided; alone, show what can be decided',
  details:
    'It changes the ledger alone. Exit code 3 when it is called without a decision, and one is needed.',
  options: [
    repeatable('--mark-applied <name>', 'the database has all its changes: record it as applied'),
    repeatable(
      '--forget <name>',
      'the database has none of its changes, or it is gone for good: remove its record',
    ),
    repeatable('--accept <name>', 'it was changed after it was applied, and the database is right'),
    new Option('--schema <name>', 'in the ledger of this schema'),
  ],
  run: async (migrator, decisions) => {
    if (Object.values(decisions).some((names: unknown) => Array.isArray(names))) {
      const repaired = await migrator.repair(decisions);
      return {
        json: { repaired },
        text: repaired.map(({ name, decision }) => `${name}: ${decision}`).join('\n'),
      };
    }
    const needs = await migrator.repairNeeds(
      decisions.schema === undefined ? {} : { schema: decisions.schema },
    );
    const text = needs.flatMap(({ name, state, commands }) => [
      `${name} is ${state}:`,
      ...commands.map((command) => `  ${command.replaceAll('`', '')}`),
    ]);
    return {
      json: { needs },
      text: needs.length === 0 ? 'Nothing needs to be repaired.' : text.join('\n'),
      hasFindings: needs.length > 0,
    };
  },
});
