/** A statement that only one side has. */
export interface StatementDifference {
  /** `removed`: it was run, and the code has it no more; `added`: the code has it, and it was not run. */
  change: 'removed' | 'added';
  sql: string;
}

/** One side's statement: what it is compared by, and what is shown. */
interface Comparable {
  key: string;
  sql: string;
}

/** What turns the statements that were run into those of the code, in order: the longest common subsequence stays. */
export function statementDiff(
  applied: readonly Comparable[],
  code: readonly Comparable[],
): StatementDifference[] {
  const common = commonLengths(applied, code);
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  const differences: StatementDifference[] = [];
  for (let i = 0, j = 0; i < applied.length || j < code.length;) {
    const [before, after] = [applied[i], code[j]];
    if (before !== undefined && before.key === after?.key) {
      i++;
      j++;
    } else if (before !== undefined && (after === undefined || at(i + 1, j) >= at(i, j + 1))) {
      differences.push({ change: 'removed', sql: before.sql });
      i++;
    } else if (after !== undefined) {
      differences.push({ change: 'added', sql: after.sql });
      j++;
    }
  }
  return differences;
}

/** How many statements the rests from i and from j have in common. */
function commonLengths(applied: readonly Comparable[], code: readonly Comparable[]): number[][] {
  const lengths = Array.from({ length: applied.length + 1 }, () =>
    Array.from({ length: code.length + 1 }, () => 0),
  );
  for (let i = applied.length - 1; i >= 0; i--) {
    for (let j = code.length - 1; j >= 0; j--) {
      const [row, next] = [lengths[i], lengths[i + 1]];
      if (row === undefined || next === undefined) continue;
      row[j] =
        applied[i]?.key === code[j]?.key ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
