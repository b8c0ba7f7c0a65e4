import { type Command, Option } from 'commander';
import type { Verb } from './verb.ts';
import { verbs } from './verbs.ts';

/** Runs a verb with the values of its own options, and prints its result. `given` has those of the program, too. */
export type RunVerb<Given> = (verb: Verb, values: Record<string, unknown>, given: Given) => Promise<void>;

/**
 * Adds the verbs of the migrator to a command line, each as a subcommand.
 *
 * @param shared options of the program that each verb takes, beside `--json`
 */
export function addVerbs<Given extends Record<string, unknown>>(
  parent: Command,
  shared: () => readonly Option[],
  run: RunVerb<Given>,
): void {
  for (const verb of verbs) {
    const { name, summary, details = '', argument, options = [] } = verb;
    const command = parent
      .command(name)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}. ${details}`.trimEnd());
    if (argument !== undefined) command.addArgument(argument);
    const json = new Option('--json', 'print the result as one JSON document');
    for (const option of [...options, ...shared(), json]) command.addOption(option);
    command.action(async () => {
      // A parent with an option of the same name has taken its value.
      const given = command.optsWithGlobals<Given>();
      const values: [string, unknown][] = options.map((option) => [
        option.attributeName(),
        given[option.attributeName()],
      ]);
      if (argument !== undefined) values.push([argument.name(), command.processedArgs[0]]);
      await run(verb, Object.fromEntries(values.filter(([, value]) => value !== undefined)), given);
    });
  }
}
