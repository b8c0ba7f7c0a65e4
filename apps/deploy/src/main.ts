import { CommanderError } from 'commander';
import { interruptSignal } from './interrupt.ts';
import { buildProgram } from './program.ts';
import { redactOutput } from './ui/redact-output.ts';
import { reportFailure } from './ui/report-failure.ts';

redactOutput();
// Node would print it past the redaction.
process.on('uncaughtException', (error) => {
  reportFailure(error, interruptSignal());
  // Nothing can be relied on any more.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(1);
});

// A reader that has seen enough (`dms status | head -1`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// The one catch of the command. Exit codes: 0 done, 1 failed, 2 usage or settings, 3 findings.
try {
  await buildProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has already printed what is wrong, and ends help and version with 0.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.exitCode = reportFailure(error, interruptSignal());
  }
}
