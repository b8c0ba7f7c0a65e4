import type { ShadowOptions } from '../shadow/shadow-options.ts';
import type { PreviousOptions, ProjectLocation } from './previous/previous-release.ts';

/** What `compat` is asked. */
export interface CompatOptions extends ShadowOptions {
  previous: PreviousOptions;
  project: ProjectLocation;
  /**
   * The last migration that is applied while the previous release still runs: the later ones, which contract the
   * schema, must not break the new release before and after they run. Default: all are applied before.
   */
  expandTo?: string;
  /** How many rows to make in each table. Default 20. */
  rows?: number;
  /** SQL that makes rows first, in the schema of the previous release. Default: none. */
  rowsSql?: string;
  /**
   * What neither release does, and is not to be judged: `Entity`, `Entity.property`, `Entity:operation`,
   * `Entity.property:operation`; `*` stands for any of them. One that matches nothing is undecided. Default: none.
   */
  except?: readonly string[];
  /** Told what is being done. Default: nobody. */
  progress?: (line: string) => void;
  signal?: AbortSignal;
}
