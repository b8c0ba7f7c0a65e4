import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from 'listr2';

/** What a step has done; one with findings is not shown as `ok`. */
interface Outcome {
  summary: string;
  findings?: Error | undefined;
}

/** One unit of a command's work, shown as a line. */
export interface Step<Done extends Outcome> {
  /** What is being done: `Migrating the database`. */
  title: string;
  /**
   * Does it, and returns what was done; its summary is the line that stays.
   * @param progress replaces the text shown beside the running step
   * @param note adds a line that stays
   */
  run(progress: (text: string) => void, note: (text: string) => void): Promise<Done>;
}

/**
 * Runs the steps one after another: as a live list where `stream` is a terminal, else as plain lines.
 * The first failure ends the run and is thrown as it came.
 *
 * @returns what each step has returned
 */
export async function runSteps<Done extends Outcome>(
  steps: readonly Step<Done>[],
  stream: NodeJS.WriteStream = process.stderr,
): Promise<Done[]> {
  return stream.isTTY && process.env.CI === undefined ? runLive(steps, stream) : runPlain(steps, stream);
}

async function runLive<Done extends Outcome>(
  steps: readonly Step<Done>[],
  stream: NodeJS.WriteStream,
): Promise<Done[]> {
  const results: Done[] = [];
  const list = new Listr(
    steps.map(({ title, run }) => ({
      title,
      task: async (_context: unknown, task: { title: string; output: string }) => {
        const notes: string[] = [];
        const titled = (text: string): string => [text, ...notes].join('\n');
        const done = await run(
          (text) => {
            task.output = text;
          },
          (text) => {
            notes.push(text);
            task.title = titled(title);
          },
        );
        results.push(done);
        task.title = titled(done.findings === undefined ? done.summary : `Findings: ${done.summary}`);
      },
    })),
    {
      // The command installs its own handlers: an interrupt has clean-up to wait for.
      registerSignalListeners: false,
      // It looks at stdout, and this list is on stderr.
      forceTTY: true,
      rendererOptions: {
        logger: new ListrLogger({ useIcons: true, processOutput: new ProcessOutput(stream, stream) }),
        timer: PRESET_TIMER,
        showErrorMessage: false,
      },
    },
  );
  await list.run();
  return results;
}

async function runPlain<Done extends Outcome>(
  steps: readonly Step<Done>[],
  stream: NodeJS.WriteStream,
): Promise<Done[]> {
  const results: Done[] = [];
  for (const { title, run } of steps) {
    stream.write(`... ${title}\n`);
    const startedAt = performance.now();
    const write = (text: string): boolean => stream.write(`    ${text}\n`);
    const done = await run(everyTwoSeconds(write), write);
    results.push(done);
    const mark = done.findings === undefined ? 'ok ' : 'not ok';
    stream.write(`${mark} ${done.summary} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`);
  }
  return results;
}

/** Plain lines are read in a log: a progress line now and then is enough. */
function everyTwoSeconds(write: (text: string) => void): (text: string) => void {
  let nextAt = performance.now() + 2000;
  return (text) => {
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + 2000;
    write(text);
  };
}
