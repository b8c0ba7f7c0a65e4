import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { toJson } from '../to-json.ts';

const stageRecord = z.object({
  finishedAt: z.iso.datetime(),
  durationMs: z.number(),
  /** What the stage found out, for the stages after it. Never a secret. */
  result: z.record(z.string(), z.unknown()),
});
const runState = z.object({
  version: z.literal(1),
  environment: z.string(),
  stages: z.record(z.string(), stageRecord),
});

type StageRecord = z.infer<typeof stageRecord>;
export type RunState = z.infer<typeof runState>;

/** Whose state it is, and the folder that has it. */
export type StateOwner = Pick<LoadedEnvironment, 'name' | 'directory'>;

/**
 * Reads the state that the stages of an environment have left, or an empty one where there is no file yet.
 * @throws UserError `state-unreadable` when the file is damaged or of another environment
 */
export async function readRunState(owner: StateOwner): Promise<RunState> {
  const file = fileOf(owner);
  const { name: environment } = owner;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, environment, stages: {} };
    throw unreadable(file, (error as Error).message);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unreadable(file, 'it is not JSON');
  }
  const parsed = runState.safeParse(json);
  if (!parsed.success) throw unreadable(file, z.prettifyError(parsed.error));
  if (parsed.data.environment !== environment) {
    throw unreadable(file, `it belongs to the environment '${parsed.data.environment}'`);
  }
  return parsed.data;
}

/**
 * The result that a stage has left.
 *
 * @returns undefined where it has left none
 * @throws UserError `state-unreadable` when it has another shape than `schema`, and those of {@link readRunState}
 */
export async function readRecord<Result>(
  owner: StateOwner,
  stage: string,
  schema: z.ZodType<Result>,
): Promise<Result | undefined> {
  const { stages } = await readRunState(owner);
  const record = stages[stage];
  if (record === undefined) return undefined;
  const parsed = schema.safeParse(record.result);
  if (parsed.success) return parsed.data;
  throw unreadable(fileOf(owner), `the result of '${stage}' has faults:\n${z.prettifyError(parsed.error)}`);
}

/** Adds or replaces one stage's record. The file is replaced as a whole, so an interrupt leaves the old or the new. */
export async function recordStage(owner: StateOwner, stage: string, record: StageRecord): Promise<void> {
  const state = await readRunState(owner);
  state.stages[stage] = record;
  await writeRunState(fileOf(owner), state);
}

/** Removes the records of stages whose results hold no more. */
export async function forgetStages(owner: StateOwner, stages: readonly string[]): Promise<void> {
  const state = await readRunState(owner);
  for (const stage of stages) delete state.stages[stage];
  await writeRunState(fileOf(owner), state);
}

function fileOf({ directory }: StateOwner): string {
  return join(directory, 'run.json');
}

async function writeRunState(file: string, state: RunState): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${toJson(state)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

function unreadable(file: string, reason: string): UserError {
  return new UserError('state-unreadable', `The run's state ${file} cannot be used: ${reason}.`, {
    hint: 'Delete the file: the stages that need it say which stage to run first.',
  });
}
