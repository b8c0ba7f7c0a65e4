import { relative } from 'node:path';
import { Option } from 'commander';
import { commandFor } from '../command-for.ts';
import { derivedStage, stage } from '../declare-stage.ts';
import type { Stage } from '../stage.ts';
import { table } from '../ui/table.ts';

interface SynthOptions {
  explain?: boolean;
}

/** Writes the environment's AWS stack for Terraform. */
export const synth = derivedStage({
  name: 'synth',
  help: 'synthesize the AWS stack as Terraform JSON',
  job: 'check',
  title: 'Synthesizing the AWS stack',
  ownFlags: [
    new Option('--explain', 'print how the settings differ from the preset, and the presets from each other'),
  ],
  mode: ({ explain: asked }: SynthOptions): Stage | undefined => (asked === true ? explain : undefined),
  run: async ({ environment }) => {
    const { synthesizeEnvironment } = await import('../aws/environment-stack.ts');
    const { json, directory } = synthesizeEnvironment(environment);
    const counts = Object.entries(json.resource ?? {}).map(
      ([type, byName]) => [type, Object.keys(byName).length] as const,
    );
    const resources = counts.reduce((sum, [, count]) => sum + count, 0);
    const shown = relative(environment.root, directory);
    return {
      summary: `${resources} resources in ${shown}`,
      result: {
        /** The folder with `cdk.tf.json`, for Terraform, relative to that of `dms.config.ts`. */
        directory: shown,
        resources,
        /** Resources by type, the most frequent first. */
        types: Object.fromEntries(counts.toSorted((a, b) => b[1] - a[1])),
      },
      json,
      directory,
    };
  },
  render: ({ result }, environment) => {
    const types = Object.entries(result.types).map(([type, count]) => [String(count), type]);
    const blocks = [table(types, { right: [0] })];
    if (environment.settings.target === 'aws')
      blocks.push(`What it would change on AWS: ${commandFor(environment, 'plan')}`);
    return blocks.join('\n\n');
  },
});

/** Tells how the settings differ from the preset, and the presets from each other. */
const explain = stage({
  name: 'synth --explain',
  title: 'Comparing the settings with the presets',
  shows: true,
  run: async ({ environment }) => {
    const { explainSettings, renderExplanation } = await import('../aws/explain-settings.ts');
    const result = explainSettings(environment.settings);
    const { differences, preset } = result;
    return {
      summary: `${differences.length} settings differ from the preset '${preset}'`,
      result,
      text: renderExplanation(result, environment.name),
    };
  },
  render: ({ text }) => text,
});
