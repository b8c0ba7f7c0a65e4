const controller = new AbortController();
let listening = false;

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP, so that a stage can stop cleanly; a second signal ends the process
 * at once. The listeners are installed by the first call.
 */
export function interruptSignal(): AbortSignal {
  if (!listening) {
    listening = true;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        // Without clean-up: what is half done is what the next run fixes.
        // oxlint-disable-next-line unicorn/no-process-exit
        if (controller.signal.aborted) process.exit(1);
        controller.abort(new DOMException(`Interrupted by ${signal}.`, 'AbortError'));
      });
    }
  }
  return controller.signal;
}
