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
  { name: 'up', stages: up.stages },
  { name: 'deploy', stages: deploy.stages },
])('what a stage of $name needs of others comes before it', ({ stages }) => {
  const late = stages.flatMap((stage, index) =>
    stages.slice(index).filter((other) => new Set<unknown>(stage.needs).has(other)),
  );
  expect(late.map(({ name }) => name)).toEqual([]);
  expect(stages.filter(({ needs }) => needs.length > 0).length).toBeGreaterThan(1);
});

interface Workflow {
  on: { workflow_dispatch: { inputs: { environment: { options: string[] } } } };
  env: Record<string, string>;
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

  test('go through the stages of deploy, in their order', () => {
    const steps = jobs.flatMap(([, job]) => job.steps).filter(({ run = '' }) => /\bdms /.test(run));
    expect(steps.filter((step) => step.if !== undefined)).toEqual([]);
    const run = steps.flatMap((step) => stagesOf(step.run ?? '', workflow.env));
    expect(run).toEqual(stageNames);
  });

  test.each(workflow.on.workflow_dispatch.inputs.environment.options)(
    'are for %s, an environment on AWS',
    async (name) => {
      const { settings } = await loadEnvironment(name, fileURLToPath(root));
      expect(settings.target).toBe('aws');
    },
  );
});

/** The stages that a script runs, the variables in its commands replaced by their values. */
function stagesOf(script: string, variables: Record<string, string>): string[] {
  const expanded = script.replaceAll(/\$(\w+)/g, (name, key: string) => variables[key] ?? name);
  return [...expanded.matchAll(/\bdms ([a-z]+)([^|\n]*)/g)].flatMap(([, command = '', flags = '']) => {
    if (command !== 'deploy') return [command];
    const [, from = '', to = ''] = /--from ([a-z]+) --to ([a-z]+)/.exec(flags) ?? [];
    expect(stageNames).toEqual(expect.arrayContaining([from, to]));
    return stageNames.slice(stageNames.indexOf(from), stageNames.indexOf(to) + 1);
  });
}
