/** PostgreSQL's lock modes of tables, the weakest first. */
export const lockModes = [
  'access share',
  'row share',
  'row exclusive',
  'share update exclusive',
  'share',
  'share row exclusive',
  'exclusive',
  'access exclusive',
] as const;

export type LockMode = (typeof lockModes)[number];

/** Which modes each one conflicts with, as numbers: the table "Conflicting Lock Modes" of PostgreSQL's manual. */
const conflicts: Record<LockMode, readonly number[]> = {
  'access share': [8],
  'row share': [7, 8],
  'row exclusive': [5, 6, 7, 8],
  'share update exclusive': [4, 5, 6, 7, 8],
  share: [3, 4, 6, 7, 8],
  'share row exclusive': [3, 4, 5, 6, 7, 8],
  exclusive: [2, 3, 4, 5, 6, 7, 8],
  'access exclusive': [1, 2, 3, 4, 5, 6, 7, 8],
};

/** The number of a mode, from 1: as `lock table` has it in a parse tree. */
export function lockNumber(mode: LockMode): number {
  return lockModes.indexOf(mode) + 1;
}

/** The mode of a number. */
export function lockModeOf(number: number): LockMode {
  return lockModes[number - 1] ?? 'access exclusive';
}

/** The stronger of two modes. */
export function strongerMode(a: LockMode, b: LockMode): LockMode {
  return lockNumber(a) > lockNumber(b) ? a : b;
}

/** The modes that a mode conflicts with, as the view `pg_locks` names them, such as `AccessShareLock`. */
export function conflictingLocks(mode: LockMode): string[] {
  return conflicts[mode].map((number) => {
    const words = lockModeOf(number).split(' ');
    return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Lock`;
  });
}
