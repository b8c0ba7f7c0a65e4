import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadEnvironment } from './config/load-config.ts';
import { deploy, up } from './pipelines.ts';

const root = new URL('../../../', import.meta.url);
const stageNames = deploy.stages.map(({ name }) => name);

test('each file of src/stages is a stage of that name in a pipeline', () => {
  const files = readdirSync(new URL('stages', import.meta.url)).map((file) => file.replace(/\.ts$/, ''));
  const names = new Set([...up.stages, ...deploy.stages].map(({ name }) => name));
  expect(files.toSorted()).toEqual([...names].toSorted());
});

test.each([
  ['up', up],
  ['deploy', deploy],
])('what a stage of %s needs of others comes before it', (_name, { stages }) => {
  const late = stages.flatMap((stage, index) =>
    stages.slice(index).filter((other) => new Set<unknown>(stage.needs).has(other)),
  );
  expect(late.map(({ name }) => name)).toEqual([]);
  expect(stages.filter(({ needs }) => needs.length > 0).length).toBeGreaterThan(1);
});

interface Workflow {
  on: { workflow_dispatch: { inputs: { environment: { options: string[] } } } };
  jobs: Record<string, { needs?: string; steps: { if?: string; run?: string }[] }>;
}

describe('the jobs of the deployment on GitHub', () => {
  const workflow = parse(readFileSync(new URL('.github/workflows/deploy.yml', root), 'utf8')) as Workflow;
  const jobs = Object.entries(workflow.jobs);

  test('follow one another', () => {
    expect(jobs.map(([, { needs }]) => needs)).toEqual([
      undefined,
      ...jobs.slice(0, -1).map(([name]) => name),
    ]);
  });

  test.each(workflow.on.workflow_dispatch.inputs.environment.options)(
    'go through the stages of deploy for %s, in their order',
    async (environment) => {
      const loaded = await loadEnvironment(environment, fileURLToPath(root));
      const expected = deploy.stages.filter(({ isFor }) => isFor?.(loaded) ?? true);
      const commands = jobs
        .flatMap(([, { steps }]) => steps)
        .filter((step) => step.run !== undefined && holds(step.if, environment))
        .flatMap(({ run = '' }) => [...run.matchAll(/\bdms ([a-z]+)([^|\n]*)/g)]);
      expect(commands.flatMap(([, command = '', flags = '']) => stagesOf(command, flags))).toEqual(
        expected.map(({ name }) => name),
      );
    },
  );
});

function holds(condition: string | undefined, environment: string): boolean {
  if (condition === undefined) return true;
  const [, operator, name] = /^inputs\.environment (==|!=) '([a-z]+)'$/.exec(condition) ?? [];
  if (operator === undefined) throw new Error(`When does '${condition}' hold?`);
  return (operator === '==') === (name === environment);
}

/** The stages that a command line runs. */
function stagesOf(command: string, flags: string): string[] {
  if (command !== 'deploy') return [command];
  const flag = (name: string): string | undefined => new RegExp(`--${name} ([a-z]+)`).exec(flags)?.[1];
  const only = flag('only');
  if (only !== undefined) return [only];
  const [from, to] = [flag('from') ?? stageNames[0], flag('to') ?? stageNames.at(-1)];
  return stageNames.slice(stageNames.indexOf(from ?? ''), stageNames.indexOf(to ?? '') + 1);
}
