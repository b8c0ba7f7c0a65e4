import type { Verb } from './verb.ts';
import { adopt } from './verbs/adopt.ts';
import { backfill } from './verbs/backfill.ts';
import { baseline } from './verbs/baseline.ts';
import { create } from './verbs/create.ts';
import { down } from './verbs/down.ts';
import { dryRun } from './verbs/dry-run.ts';
import { info } from './verbs/info.ts';
import { lint } from './verbs/lint.ts';
import { repair } from './verbs/repair.ts';
import { squash } from './verbs/squash.ts';
import { sum } from './verbs/sum.ts';
import { up } from './verbs/up.ts';
import { validate } from './verbs/validate.ts';

/** All commands of the migrator, in the order of the help: a new one is a file and its line here. */
export const verbs: readonly Verb[] = [
  up,
  down,
  info,
  dryRun,
  validate,
  lint,
  backfill,
  adopt,
  baseline,
  repair,
  create,
  squash,
  sum,
];
