import { withAdmin } from './admin-client.ts';
import { serverOf, type ClusterContext } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { runProcess } from './run-process.ts';

/** Values with which a commit is acknowledged when a standby has it on its disk. */
const waiting = new Set(['on', 'remote_apply', 'true', 'yes', '1']);

/**
 * What the commits of a stopped writer have waited for, by all that is set: its files of settings, and the settings of
 * roles and databases as the standby has them. What a session has set for itself cannot be known.
 *
 * @returns the standbys, one of which has every acknowledged commit; or, as a sentence, why there may be commits that
 *   none has
 */
export async function readCommitWaits(
  context: ClusterContext,
  writer: ClusterNode,
  standby: ClusterNode,
): Promise<{ standbys: string[] } | string> {
  if (!context.file.synchronous) return 'Commits do not wait for a standby: the cluster is asynchronous.';
  const [commit, names] = await Promise.all([
    readSetting(context, writer, 'synchronous_commit'),
    readSetting(context, writer, 'synchronous_standby_names'),
  ]).catch(() => []);
  if (commit === undefined || names === undefined) {
    return `Whether commits have waited for a standby is not known: the settings of ${writer.name} cannot be read.`;
  }
  if (!waiting.has(commit)) return `Commits do not wait for a standby: synchronous_commit is ${commit}.`;
  const standbys = /^ANY 1 \(("node-\d+"(?:, "node-\d+")*)\)$/.exec(names)?.[1]?.match(/node-\d+/g);
  if (!standbys) return `Commits may not wait for a standby: synchronous_standby_names is '${names}'.`;
  return (await exceptionOf(context, standby)) ?? { standbys };
}

/** What the files of a server say, running or not, as PostgreSQL spells it. */
async function readSetting(context: ClusterContext, node: ClusterNode, name: string): Promise<string> {
  const { binaries, user, data } = serverOf(context, node);
  const output = await runProcess(binaries.postgres, ['-C', name, '-D', data], { user, cwd: data });
  return output.trim();
}

/** A role or a database whose commits do not wait, as a sentence. */
async function exceptionOf(
  { file }: ClusterContext,
  { name, port }: ClusterNode,
): Promise<string | undefined> {
  try {
    return await withAdmin(port, file.superuserPassword, async (client) => {
      const { rows } = await client.query<{ role: string | null; database: string | null; value: string }>(
        `select rolname as role, datname as database, lower(split_part(setting, '=', 2)) as value
           from pg_db_role_setting s cross join unnest(setconfig) as setting
           left join pg_roles r on r.oid = setrole left join pg_database d on d.oid = setdatabase
          where setting like 'synchronous\\_commit=%' order by role, database`,
      );
      const exception = rows.find(({ value }) => !waiting.has(value));
      if (!exception) return undefined;
      const { role, database, value } = exception;
      const whose = [role && `role ${role}`, database && `database ${database}`].filter(Boolean).join(' in ');
      return `Commits of ${whose || 'all roles'} do not wait for a standby: synchronous_commit is ${value} there.`;
    });
  } catch {
    return `Whether commits have waited for a standby is not known: ${name} does not answer.`;
  }
}
