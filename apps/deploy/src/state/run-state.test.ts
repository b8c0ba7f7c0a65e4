import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetStages, readRunState, recordStage } from './run-state.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-state-'));
  file = join(folder, 'deeper', 'run.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = { finishedAt: '2026-11-22T10:00:00.000Z', durationMs: 12, result: { applied: ['a'] } };

test('a stage is recorded and read again; a second run replaces it', async () => {
  await recordStage(file, 'local', 'migrate', record);
  await recordStage(file, 'local', 'seed', record);
  await recordStage(file, 'local', 'migrate', { ...record, durationMs: 1 });
  const { stages } = await readRunState(file, 'local');
  expect(stages).toEqual({ migrate: { ...record, durationMs: 1 }, seed: record });
  expect(await readdir(join(folder, 'deeper'))).toEqual(['run.json']);
});

test('what holds no more is forgotten, and the rest is kept', async () => {
  await recordStage(file, 'test', 'plan', record);
  await recordStage(file, 'test', 'synth', record);
  await forgetStages(file, 'test', ['plan', 'apply']);
  expect((await readRunState(file, 'test')).stages).toEqual({ synth: record });
});

test('without a file there is an empty state', async () => {
  expect(await readRunState(file, 'local')).toEqual({ version: 1, environment: 'local', stages: {} });
});

test.each([
  ['', 'it is not JSON'],
  ['{"version": 1, "environment": "lo', 'it is not JSON'],
  ['{"version": 2, "environment": "local", "stages": {}}', 'version'],
  ['{"version": 1, "environment": "production", "stages": {}}', "it belongs to the environment 'production'"],
])('a damaged file is refused, and kept: %j', async (text, reason) => {
  await recordStage(file, 'local', 'migrate', record);
  await writeFile(file, text);
  await expect(recordStage(file, 'local', 'seed', record)).rejects.toMatchObject({
    code: 'state-unreadable',
    message: expect.stringContaining(reason),
  });
  expect(await readFile(file, 'utf8')).toBe(text);
});
