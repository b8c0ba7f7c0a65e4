import { Option } from 'commander';
import { stage } from '../declare-stage.ts';
import { requireLocal } from '../require-target.ts';
import { port } from '../ui/flag-values.ts';

interface StartOptions {
  port?: number;
}

/** Starts the local servers, or attaches to them, and gives the database its roles. */
export const start = stage({
  name: 'start',
  title: 'Starting PostgreSQL',
  flags: [
    new Option('--port <n>', "the writer's port (default: a free one, which is then kept)").argParser(port),
  ],
  target: 'local',
  run: async ({ environment, signal, progress }, _needs, options: StartOptions) => {
    const { clusterStatus, startCluster } = await import('@ecommerce-dms/local-rds');
    const { clusterDirectory, provisionLocalRoles } = await import('../local/local-database.ts');
    const settings = requireLocal(environment, 'up');
    const directory = clusterDirectory(environment);
    const cluster = await startCluster({
      directory,
      port: options.port ?? settings.port,
      standbys: settings.standbys,
      signal,
      onProgress: progress,
    });
    const rolesCreated = await provisionLocalRoles(cluster, environment, signal);
    const { nodes, synchronous } = await clusterStatus(directory);
    const at = ({ port }: { port: number }) => ({ host: '127.0.0.1', port });
    const version = nodes[0]?.version ?? 'unknown';
    const readers = cluster.standbys.map(at);
    const where = [`writer ${cluster.writer.port}`, ...readers.map(({ port }) => `hot standby ${port}`)].join(
      ', ',
    );
    const commits = synchronous ? '; commits wait for a standby' : '';
    return {
      summary: `PostgreSQL ${version} on 127.0.0.1: ${where}${commits}`,
      result: { version, writer: at(cluster.writer), readers, synchronous, rolesCreated },
    };
  },
});
