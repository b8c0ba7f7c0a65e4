import type { Direction } from '../collect-queries.ts';
import { type Blocker, describeBlocker, seconds } from './blockers.ts';

/** A migration that waits for locks: it holds none meanwhile, except during a short attempt. */
export interface LockWait {
  migration: string;
  direction: Direction;
  waitedMs: number;
  /** Who keeps it waiting, the oldest transaction first; empty when that changes from attempt to attempt. */
  blockers: readonly Blocker[];
}

/** A wait in words, for a log. */
export function describeLockWait({ migration, direction, waitedMs, blockers }: LockWait): string {
  const who = blockers.length === 0 ? 'short transactions' : blockers.map(describeBlocker).join('; ');
  return `Migration ${migration} (${direction}) has waited ${seconds(waitedMs)} for locks, blocked by ${who}`;
}
