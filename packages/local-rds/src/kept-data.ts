import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterContext } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { exists } from './exists.ts';

const pattern = /^node-\d+\.kept-(\d{8}T\d{6}Z)$/;

/** A folder's name for the data of a former writer: nothing takes it for that of a node. */
export function keptName({ name }: ClusterNode): string {
  return `${name}.kept-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
}

/** The folders with the data of former writers, the latest last; absolute paths. */
export async function keptDirectories({ root }: ClusterContext): Promise<string[]> {
  const timeOf = (name: string) => pattern.exec(name)?.[1] ?? '';
  return (await readdir(root).catch(() => []))
    .filter((name) => pattern.test(name))
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)))
    .map((name) => join(root, name));
}

/** Deletes them but the one of that name, which has to be there. */
export async function deleteKeptDataBut(name: string, context: ClusterContext): Promise<void> {
  const kept = join(context.root, name);
  if (!(await exists(kept))) return;
  for (const path of await keptDirectories(context)) {
    if (path !== kept) await rm(path, { recursive: true, force: true, maxRetries: 5 });
  }
}
