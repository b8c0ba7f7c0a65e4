import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { forgetStages, readRecord, readRunState, recordStage, type StateOwner } from './run-state.ts';

let folder: string;
let file: string;
let local: StateOwner;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-state-'));
  local = { name: 'local', directory: join(folder, 'deeper') };
  file = join(local.directory, 'run.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = { finishedAt: '2026-11-22T10:00:00.000Z', durationMs: 12, result: { applied: ['a'] } };

test('a stage is recorded and read again; a second run replaces it', async () => {
  await recordStage(local, 'migrate', record);
  await recordStage(local, 'seed', record);
  await recordStage(local, 'migrate', { ...record, durationMs: 1 });
  const { stages } = await readRunState(local);
  expect(stages).toEqual({ migrate: { ...record, durationMs: 1 }, seed: record });
  expect(await readdir(join(folder, 'deeper'))).toEqual(['run.json']);
});

test('what holds no more is forgotten, and the rest is kept', async () => {
  await recordStage(local, 'plan', record);
  await recordStage(local, 'synth', record);
  await forgetStages(local, ['plan', 'apply']);
  expect((await readRunState(local)).stages).toEqual({ synth: record });
});

test('without a file there is an empty state', async () => {
  expect(await readRunState(local)).toEqual({ version: 1, environment: 'local', stages: {} });
});

test.each([
  { text: '', reason: 'it is not JSON' },
  { text: '{"version": 1, "environment": "lo', reason: 'it is not JSON' },
  { text: '{"version": 2, "environment": "local", "stages": {}}', reason: 'version' },
  {
    text: '{"version": 1, "environment": "production", "stages": {}}',
    reason: "it belongs to the environment 'production'",
  },
])('a damaged file is refused, and kept: $text', async ({ text, reason }) => {
  await recordStage(local, 'migrate', record);
  await writeFile(file, text);
  await expect(recordStage(local, 'seed', record)).rejects.toMatchObject({
    code: 'state-unreadable',
    message: expect.stringContaining(reason),
  });
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('a result is read by its schema; one of another shape is refused, with the stage and what is wrong', async () => {
  const schema = z.object({ applied: z.array(z.string()) });
  expect(await readRecord(local, 'migrate', schema)).toBeUndefined();
  await recordStage(local, 'migrate', record);
  expect(await readRecord(local, 'migrate', schema)).toEqual({ applied: ['a'] });
  await recordStage(local, 'migrate', { ...record, result: { applied: [1] } });
  await expect(readRecord(local, 'migrate', schema)).rejects.toMatchObject({
    code: 'state-unreadable',
    message: expect.stringMatching(/the result of 'migrate' has faults:[^]*applied\[0\]/),
  });
});
