import type { ClientConfig } from 'pg';
import type { ProjectSettings } from '../../project/find-config.ts';
import type { Exercise } from '../exercise/exercise.ts';

/** Where the code of a release is, and the database to work on. */
export interface ReleaseLocation {
  /** Of its project. */
  folder: string;
  /** Its configuration of MikroORM. */
  config: string;
  settings: ProjectSettings;
  contextName: string;
  session: ClientConfig;
}

/** What the process of a release can be asked for. */
export interface ReleaseMethods extends Pick<
  Exercise,
  'describe' | 'plan' | 'control' | 'run' | 'writeRows' | 'writeValue' | 'readRow'
> {
  open: (location: ReleaseLocation) => Promise<void>;
  /** Its migrations with their statements, on an empty database; undefined if its migrator is MikroORM's own. */
  pending: () => Promise<{ name: string; statements: string[] }[] | undefined>;
  /** Applies them. */
  migrate: () => Promise<string[]>;
}

export interface Request {
  id: number;
  method: keyof ReleaseMethods;
  args: unknown[];
}

export type Response = { id: number; result: unknown } | { id: number; failure: RemoteFailure };

/** An error as it passes to another process. */
export interface RemoteFailure {
  message: string;
  /** Those of a UserError. */
  code?: string;
  hint?: string;
}
