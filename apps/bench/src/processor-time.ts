import { readdir, readFile } from 'node:fs/promises';

/**
 * Milliseconds of processor time that this process has used, and the processes of these PostgreSQL servers that live.
 * Linux only: NaN elsewhere.
 *
 * @param postmasters process ids
 */
export async function processorTimeMs(postmasters: readonly number[]): Promise<number> {
  const { user, system } = process.cpuUsage();
  const pids = await readdir('/proc').catch(() => []);
  if (pids.length === 0) return Number.NaN;
  const times = pids
    .filter((pid) => /^\d+$/.test(pid))
    .map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name before it, in brackets, may have spaces.
      const parent = Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]);
      if (!postmasters.includes(parent)) return 0;
      const [nanoseconds] = (await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ');
      return Number(nanoseconds) / 1e6;
    });
  // A process that ends while it is looked at has none.
  const ended = await Promise.allSettled(times);
  const servers = ended.map((time) => (time.status === 'fulfilled' ? time.value : 0));
  return (user + system) / 1000 + servers.reduce((sum, time) => sum + time, 0);
}
