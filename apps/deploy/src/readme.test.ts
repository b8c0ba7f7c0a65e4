import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deploy as pipeline } from './pipelines.ts';
import { buildProgram } from './program.ts';

const root = new URL('../../../', import.meta.url);
const read = (page: string) => readFileSync(new URL(page, root), 'utf8');
const flagsOf = new Map(
  buildProgram().commands.map((command) => [command.name(), command.options.map(({ long }) => long ?? '')]),
);
/** The rows of the table of commands: name, and the flags of the first cell. */
const [section = ''] = /## The dms command\n[^]*?\n## /.exec(read('README.md')) ?? [];
const rows = [...section.matchAll(/^\| `([a-z]+)([^`]*)` .*$/gm)];

test('the README has every command, and every stage of deploy', () => {
  expect(rows.map(([, name]) => name).toSorted()).toEqual([...flagsOf.keys()].toSorted());
  const deploy = rows.find(([, name]) => name === 'deploy');
  expect(deploy?.[0]).toContain(pipeline.stages.map(({ name }) => name).join(', '));
});

test('the runbook tells what each stage of deploy does, in their order', () => {
  const [table = ''] = /\n\| stage [^]*?\n\n/.exec(read('docs/runbooks/deploy.md')) ?? [];
  const stages = [...table.matchAll(/^\| ([a-z]+) /gm)].map(([, name]) => name).slice(1);
  expect(stages).toEqual(pipeline.stages.map(({ name }) => name));
});

test('the pages name no command and no flag that is not there', () => {
  const runbooks = readdirSync(new URL('docs/runbooks', root)).map((file) => `docs/runbooks/${file}`);
  const pages = [
    'README.md',
    'apps/deploy/README.md',
    'docs/architecture.md',
    'docs/requirements.md',
    ...runbooks,
  ];
  const inText = pages.flatMap((page) => [
    ...read(page)
      .replaceAll('pnpm@12 start', 'pnpm@12 dms up')
      .matchAll(/(?:`|pnpm |pnpm@12 )dms ([a-z]+)([^`\n]*)/g),
  ]);
  expect(inText.length).toBeGreaterThan(20);
  const unknown = [...rows, ...inText].filter(([, name = '', rest = '']) => {
    const flags = flagsOf.get(name);
    return flags === undefined || (rest.match(/--[a-z-]+/g) ?? []).some((flag) => !flags.includes(flag));
  });
  expect(unknown.map(([text]) => text)).toEqual([]);
});
