import { loadEnvironment } from '../config/load-config.ts';
import { interruptSignal } from '../interrupt.ts';
import type { RunContext } from '../stage.ts';

/** Flags that every command of an environment has. */
export interface CommonOptions {
  /** Name of the environment in `dms.config.ts`. */
  env: string;
  /** Print the result as JSON. */
  json?: boolean;
}

/** The environment that the user named, and the signal of an interrupt. */
export async function runContext({ env }: CommonOptions): Promise<RunContext> {
  const signal = interruptSignal();
  return { environment: await loadEnvironment(env), signal };
}
