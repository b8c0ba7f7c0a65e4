export type Factors = Readonly<Record<string, readonly unknown[]>>;
export type Choice<F extends Factors> = { [Name in keyof F]: F[Name][number] };

/**
 * Rows in which each pair of values of two factors stands at least once, unless no row may have it. Greedy, and the
 * same each time. (covertable 2.5 leaves out rows when there is a filter.)
 *
 * @param isPossible is asked for rows that are not complete as well; it must not become true again by a further value
 */
export function pairwise<F extends Factors>(
  factors: F,
  isPossible: (row: Partial<Choice<F>>) => boolean,
): Choice<F>[] {
  const names = Object.keys(factors);
  const open = new Set(
    names.flatMap((one, index) =>
      names
        .slice(index + 1)
        .flatMap((other) =>
          (factors[one] ?? []).flatMap((value) =>
            (factors[other] ?? [])
              .filter((otherValue) => isPossible({ [one]: value, [other]: otherValue } as Partial<Choice<F>>))
              .map((otherValue) => JSON.stringify({ [one]: value, [other]: otherValue })),
          ),
        ),
    ),
  );
  const rows: Choice<F>[] = [];
  while (open.size > 0) {
    const [first = '{}'] = open;
    const row = complete(JSON.parse(first) as Partial<Choice<F>>);
    open.delete(first);
    if (row === undefined) continue;
    for (const pair of pairsOf(row)) open.delete(pair);
    rows.push(row);
  }
  return rows;

  /** Fills the factors in, one by one, each with the value that meets most open pairs; steps back where none fits. */
  function complete(row: Partial<Choice<F>>): Choice<F> | undefined {
    const name = names.find((one) => !(one in row));
    if (name === undefined) return row as Choice<F>;
    const candidates = (factors[name] ?? [])
      .map((value) => ({ ...row, [name]: value }) as Partial<Choice<F>>)
      .filter(isPossible)
      .map((candidate) => ({ candidate, gain: pairsOf(candidate).filter((pair) => open.has(pair)).length }))
      .toSorted((a, b) => b.gain - a.gain);
    for (const { candidate } of candidates) {
      const completed = complete(candidate);
      if (completed !== undefined) return completed;
    }
    return undefined;
  }

  function pairsOf(row: Partial<Choice<F>>): string[] {
    const given = names.filter((name) => name in row);
    return given.flatMap((one, index) =>
      given.slice(index + 1).map((other) => JSON.stringify({ [one]: row[one], [other]: row[other] })),
    );
  }
}
