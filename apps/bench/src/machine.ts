import { availableParallelism, cpus, totalmem } from 'node:os';

/** One line that says where a figure was measured. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${model}), ${gib} GiB, ${process.platform}, Node ${process.versions.node}`;
}
