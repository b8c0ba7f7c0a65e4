import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { blocks, renewBlock, stagesOfJobs } from '../reference/pages.ts';
import { buildProgram } from './program.ts';
import { plan } from './stages/plan.ts';
import { policy } from './stages/policy.ts';
import { start } from './stages/start.ts';
import { synth } from './stages/synth.ts';

const root = new URL('../../../', import.meta.url);
const read = (page: string) => readFileSync(new URL(page, root), 'utf8');
const flagsOf = new Map(
  buildProgram().commands.map((command) => [command.name(), command.options.map(({ long }) => long ?? '')]),
);

test.each(Object.entries(blocks))('%s says of commands and stages what they are', (file, block) => {
  const text = read(file);
  expect(text, "Write it again with 'pnpm generate'.").toBe(renewBlock(file, text, block()));
});

test('a stage of deploy that no job of the workflow can run is refused', () => {
  expect(() => stagesOfJobs([start])).toThrow("'start' of deploy does not say which 'job'");
  expect(() => stagesOfJobs([synth, plan, policy])).toThrow("'policy' is of the job 'check'");
  expect(stagesOfJobs([synth, policy, plan])).toBe('  CHECK_STAGES: --from synth --to policy');
});

test('a page without a place for what is generated is refused', () => {
  expect(() => renewBlock('page.md', '# A page\n', 'rows')).toThrow(
    "page.md has no lines 'Begin:' and 'End'",
  );
});

test('the pages name no command and no flag that is not there', () => {
  const runbooks = readdirSync(new URL('docs/runbooks', root)).map((file) => `docs/runbooks/${file}`);
  const pages = [
    'README.md',
    'apps/deploy/README.md',
    'docs/architecture.md',
    'docs/reference/dms.md',
    'docs/requirements.md',
    ...runbooks,
  ];
  const inText = pages.flatMap((page) => [
    ...read(page)
      .replaceAll('pnpm@12 start', 'pnpm@12 dms up')
      .matchAll(/(?:`|pnpm |pnpm@12 )dms ([a-z]+)([^`\n]*)/g),
  ]);
  expect(inText.length).toBeGreaterThan(20);
  const unknown = inText.filter(([, name = '', rest = '']) => {
    const flags = flagsOf.get(name);
    return flags === undefined || (rest.match(/--[a-z-]+/g) ?? []).some((flag) => !flags.includes(flag));
  });
  expect(unknown.map(([text]) => text)).toEqual([]);
});
