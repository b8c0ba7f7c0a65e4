import { Option } from 'commander';
import { migratorCommand } from '../../migrator-command.ts';
import { verb } from '../verb.ts';

/** Compares what was applied with the code. */
export const validate = verb<{ schema?: string }>({
  name: 'validate',
  summary: 'compare what was applied with the code, which is evaluated; changes nothing',
  details: 'Exit code 3 when the code of one has changed, or that could not be found out.',
  options: [new Option('--schema <name>', 'in this schema')],
  run: async (migrator, { schema }) => {
    const results = await migrator.validate(schema === undefined ? {} : { schema });
    const found = results.filter(({ verdict }) => verdict !== 'same');
    const lines = found.flatMap(({ name, verdict, reason, differences = [] }) => [
      `${name} is ${verdict}${reason === undefined ? '' : `: ${reason}`}`,
      ...differences.map((difference) => `  ${JSON.stringify(difference)}`),
      ...(verdict === 'changed'
        ? [`  if the database is right: ${migratorCommand('repair', '--accept', name)}`.replaceAll('`', '')]
        : []),
    ]);
    const same = `${results.length - found.length} of ${results.length} are as they were applied.`;
    return { json: results, text: [...lines, same].join('\n'), hasFindings: found.length > 0 };
  },
});
