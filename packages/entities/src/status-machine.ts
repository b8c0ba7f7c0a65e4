/** A legal change of the status of a row. */
export interface Transition<Status extends string = string> {
  /** `new`: a row may begin in `to`. */
  from: Status | 'new';
  to: Status;
  /**
   * The operations that a shop calls for it; none: it is left to SQL of its own. What a provider answers later is
   * recorded by `handleWebhook` or `sweepPendingTransactions`.
   */
  by: readonly string[];
}

/** The statuses of the rows of a table, and their legal changes. The trigger refuses all others. */
export interface StatusMachine<Status extends string = string> {
  table: string;
  statuses: readonly Status[];
  transitions: readonly Transition<Status>[];
}

export function statusMachine<const Status extends string>(
  table: string,
  statuses: readonly Status[],
  transitions: readonly Transition<NoInfer<Status>>[],
): StatusMachine<Status> {
  return { table, statuses, transitions };
}
