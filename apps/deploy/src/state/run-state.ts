import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';

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

export type StageRecord = z.infer<typeof stageRecord>;
export type RunState = z.infer<typeof runState>;

/**
 * Reads the state that the stages of `environment` have left, or an empty one where there is no file yet.
 * @throws UserError `state-unreadable` when the file is damaged or of another environment
 */
export async function readRunState(file: string, environment: string): Promise<RunState> {
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

/** Adds or replaces one stage's record. The file is replaced as a whole, so an interrupt leaves the old or the new. */
export async function recordStage(
  file: string,
  environment: string,
  stage: string,
  record: StageRecord,
): Promise<void> {
  const state = await readRunState(file, environment);
  state.stages[stage] = record;
  await writeRunState(file, state);
}

/** Removes the records of stages whose results hold no more. */
export async function forgetStages(
  file: string,
  environment: string,
  stages: readonly string[],
): Promise<void> {
  const state = await readRunState(file, environment);
  for (const stage of stages) delete state.stages[stage];
  await writeRunState(file, state);
}

async function writeRunState(file: string, state: RunState): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(state, null, 2)}\n`);
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
