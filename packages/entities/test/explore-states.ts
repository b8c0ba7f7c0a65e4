import { UserError } from '@ecommerce-dms/errors';

/** What {@link exploreStates} walks through. */
export interface StateSpace<Subject, State> {
  /** A new subject in the initial state. */
  begin(): Promise<Subject>;
  /** Two states that are alike as JSON are the same. */
  read(subject: Subject): Promise<State>;
  operations: Readonly<Record<string, StateOperation<Subject, State>>>;
}

/** What is tried in every state. */
export interface StateOperation<Subject, State> {
  /** Where there is nothing to run it on, or the test keeps it from: the bounds of the walk. Default everywhere. */
  when?(state: State): boolean;
  /** A refusal (UserError) is an outcome, which may change the state, too; any other error is a fault. */
  run(subject: Subject, state: State): Promise<unknown>;
}

/** A state that was reached, with the state that each operation has led to. */
export interface ExploredState<State> {
  state: State;
  /** The operations that have led here first. */
  trail: readonly string[];
  untried: readonly string[];
  next: Map<string, string>;
}

/**
 * Runs every operation in every state that the operations reach. A walk goes on from where it is, to the nearest state
 * with an operation that was not tried, and begins with a new subject where there is none.
 */
export async function exploreStates<Subject, State>(
  space: StateSpace<Subject, State>,
  { walkers = 4 }: { walkers?: number } = {},
): Promise<Map<string, ExploredState<State>>> {
  const states = new Map<string, ExploredState<State>>();
  const operations = Object.entries(space.operations);
  const enter = (state: State, trail: readonly string[]): string => {
    const key = JSON.stringify(state);
    if (!states.has(key)) {
      const untried = operations.filter(([, { when }]) => when?.(state) ?? true).map(([name]) => name);
      states.set(key, { state, trail, untried, next: new Map() });
    }
    return key;
  };
  const walk = async (): Promise<void> => {
    for (;;) {
      const subject = await space.begin();
      let key = enter(await space.read(subject), []);
      const first = key;
      for (;;) {
        const found = at(states, key);
        const name = nextStep(states, key);
        if (name === undefined) break;
        // Taken, so that no other walker tries it as well.
        found.untried = found.untried.filter((other) => other !== name);
        try {
          await space.operations[name]?.run(subject, found.state);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
        const reached = enter(await space.read(subject), [...found.trail, name]);
        found.next.set(name, reached);
        key = reached;
      }
      if (key === first) return;
    }
  };
  // The first subject alone: what all of them share is there then.
  const subject = await space.begin();
  enter(await space.read(subject), []);
  await Promise.all(Array.from({ length: walkers }, walk));
  return states;
}

/** The states from which no state that is a `goal` is reached. */
export function statesWithout<State>(
  states: ReadonlyMap<string, ExploredState<State>>,
  goal: (state: State) => boolean,
): ExploredState<State>[] {
  const good = new Set([...states].filter(([, { state }]) => goal(state)).map(([key]) => key));
  for (let before = -1; before !== good.size;) {
    before = good.size;
    for (const [key, { next }] of states) if ([...next.values()].some((to) => good.has(to))) good.add(key);
  }
  return [...states].filter(([key]) => !good.has(key)).map(([, found]) => found);
}

function at<State>(states: ReadonlyMap<string, ExploredState<State>>, key: string): ExploredState<State> {
  const found = states.get(key);
  if (found === undefined) throw new Error(`the state was not entered: ${key}`);
  return found;
}

/** An operation that was not tried here, or else the first step to the nearest state with one. */
function nextStep(states: ReadonlyMap<string, ExploredState<unknown>>, from: string): string | undefined {
  const seen = new Set([from]);
  let reached: { key: string; step: string | undefined }[] = [{ key: from, step: undefined }];
  while (reached.length > 0) {
    const further: typeof reached = [];
    for (const { key, step } of reached) {
      const { next, untried } = at(states, key);
      if (untried[0] !== undefined) return step ?? untried[0];
      for (const [name, to] of next) {
        if (seen.has(to)) continue;
        seen.add(to);
        further.push({ key: to, step: step ?? name });
      }
    }
    reached = further;
  }
  return undefined;
}
