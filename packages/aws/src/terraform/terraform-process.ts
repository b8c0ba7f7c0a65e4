import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { UserError } from '@ecommerce-dms/errors';

export interface TerraformOptions {
  /** Folder of provider plugins, for a machine without the registry (`terraform init -plugin-dir`). */
  readonly pluginDirectory?: string;
  /** When it aborts, Terraform is interrupted once, and waited for. */
  readonly signal?: AbortSignal;
}

export interface TerraformEnd {
  /** Terraform's exit code: 0 done, 1 failed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs Terraform in a stack's folder to its end. What it writes is for nobody but the user.
 *
 * @param options.onLine is given each line of stdout as it comes
 * @throws UserError `terraform-not-found`: there is no terraform on the PATH.
 * @throws the signal's reason: it aborted, and Terraform has stopped.
 */
export async function runTerraform(
  directory: string,
  args: readonly string[],
  options: TerraformOptions & { onLine?: (line: string) => void } = {},
): Promise<TerraformEnd> {
  const { signal, onLine } = options;
  signal?.throwIfAborted();
  const child = startPrivately(directory, args);
  const interrupt = (): void => {
    child.kill('SIGINT');
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  const stdout: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout.push(line);
    onLine?.(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? terraformMissing(error) : error),
      );
      child.on('close', (exitCode) => resolve(exitCode ?? 1));
    });
    signal?.throwIfAborted();
    return { code, stdout: stdout.join('\n'), stderr: stderr.join('') };
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

function startPrivately(directory: string, args: readonly string[]) {
  // Plan and state files get the mode that the umask leaves.
  const before = process.umask(0o077);
  try {
    return spawn('terraform', args, {
      cwd: directory,
      env: { ...process.env, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1', TF_INPUT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C on a terminal would reach it beside our own signal, and the second one makes
      // Terraform drop what it is doing.
      detached: true,
    });
  } finally {
    process.umask(before);
  }
}

function terraformMissing(cause: unknown): UserError {
  return new UserError('terraform-not-found', 'There is no terraform on the PATH.', {
    hint: 'Install Terraform 1.11 or later: https://developer.hashicorp.com/terraform/install',
    cause,
  });
}
