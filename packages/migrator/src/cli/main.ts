import { runCommand } from './run-command.ts';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // A second one ends it at once: what is half done is what the next run resumes.
    // oxlint-disable-next-line unicorn/no-process-exit
    if (interruption.signal.aborted) process.exit(1);
    interruption.abort(new DOMException(`Interrupted by ${name}.`, 'AbortError'));
  });
}
// A reader that has seen enough (`... info | head -1`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
const print = process.stdout.write.bind(process.stdout);
// stdout is the result's: what a configuration or a migration prints goes where progress goes.
process.stdout.write = process.stderr.write.bind(process.stderr);

process.exitCode = await runCommand(process.argv.slice(2), {
  folder: process.cwd(),
  env: process.env,
  signal: interruption.signal,
  print: (text) => void print(text),
  progress: (line) => void process.stderr.write(`${line}\n`),
});
