import { UserError } from '@ecommerce-dms/errors';
import { parseSettings } from './settings.ts';

export interface StartClusterOptions {
  /** Folder of the cluster; made when absent. */
  directory: string;
  /** Number of hot standbys. Default: what the cluster has; 1 for a new one. */
  standbys?: number;
  /** Port of the writer on 127.0.0.1. Default: what the cluster has; a free one for a new one. */
  port?: number;
  /** Whether a commit waits until a standby has it on disk. Default: whether there are standbys. */
  synchronous?: boolean;
  /**
   * PostgreSQL settings, over this package's own. They replace the ones of an earlier call; those that need a
   * restart take effect at the next start. Default: what the cluster has.
   */
  settings?: Record<string, string | number | boolean>;
  /** When run by root: the account in /etc/passwd that a new cluster's servers run as. Default: `postgres`, else `nobody`. */
  serverUser?: string;
  /** Interrupts: the servers that this call started are stopped, and the signal's reason is thrown. */
  signal?: AbortSignal;
  /** Called with each step, as a line for people. */
  onProgress?: (message: string) => void;
}

/** @throws UserError `invalid-settings`, with every fault of the numbers */
export function checkOptions({ standbys, port, synchronous, settings }: StartClusterOptions): void {
  const faults: string[] = [];
  if (standbys !== undefined && !(Number.isInteger(standbys) && standbys >= 0 && standbys <= 8)) {
    faults.push(`standbys must be 0 to 8, not ${standbys}`);
  }
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    faults.push(`port must be 1 to 65535, not ${port}`);
  }
  if (synchronous && standbys === 0) faults.push('synchronous needs a standby');
  if (faults.length > 0) throw new UserError('invalid-settings', `${faults.join('; ')}.`);
  if (settings) parseSettings(settings);
}
