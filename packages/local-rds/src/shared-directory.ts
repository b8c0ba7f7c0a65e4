import { chmod, mkdir } from 'node:fs/promises';

/**
 * Root's place for what the server's account must reach when the checkout or the cluster's folder is closed to it.
 * It survives a reboot, and only root can write there.
 */
export async function sharedDirectory(): Promise<string> {
  const path = '/var/lib/local-rds';
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
  return path;
}
