import { UserError } from '@ecommerce-dms/errors';
import { inCommands, type Verb } from '@ecommerce-dms/migrator/cli';
import { shopProject } from '../database/shop-project.ts';
import { commandFor } from '../command-for.ts';
import { stage } from '../declare-stage.ts';
import type { Stage } from '../stage.ts';

/** `dms migrate VERB`: a command of the migrator, on the environment's database. */
export function migrateVerb(verb: Verb, values: Record<string, unknown>): Stage {
  const { isReadOnly = false } = verb;
  return stage({
    name: `migrate ${verb.name}`,
    title: `Running ${verb.name} of the migrator`,
    shows: true,
    writes: !isReadOnly,
    run: async (context) => {
      const { withMigrator } = await import('../database/with-migrator.ts');
      const { signal, progress } = context;
      return withMigrator(context, isReadOnly ? 'read' : 'write', async (migrator) => {
        const project = shopProject();
        migrator.onNotice(progress);
        const { json, text, hasFindings } = await verb.run(migrator, values, { signal, progress, project });
        return { summary: verb.name, result: json, text, hasFindings };
      });
    },
    render: ({ text }, environment) =>
      inCommands(text, (words) => commandFor(environment, `migrate ${words}`)),
    findings: ({ hasFindings }) =>
      hasFindings === true
        ? new UserError('migration-findings', `${verb.name} has found what needs a decision.`)
        : undefined,
  });
}
