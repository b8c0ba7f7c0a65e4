import { openDatabase } from '../database/open-database.ts';
import type { StageContext, StageOutcome } from '../stage.ts';

export interface UndoResult {
  /** Plan of the load that was undone; null if there was none to undo. */
  undone: string | null;
}

/** Undoes a load that was cut off, and loads nothing. */
export async function undoLoad(
  context: StageContext,
  options: { discardRowsOfOthers?: boolean },
): Promise<StageOutcome<UndoResult>> {
  const { undone } = await openDatabase(context, 'write', options);
  return {
    summary: undone === undefined ? 'no load to undo' : `the load of the plan '${undone}' is undone`,
    result: { undone: undone ?? null },
  };
}
