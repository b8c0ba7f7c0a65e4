import type { StatusMachine } from '../src/status-machine.ts';

/** The state machine as the reference shows it: a Mermaid diagram with the operations on its arrows. */
export function stateDiagram({ table, transitions }: StatusMachine): string {
  const arrows = transitions.map(({ from, to, by }) => {
    const label = by.length === 0 ? '' : `: ${by.join(', ')}`;
    return `    ${from === 'new' ? '[*]' : from} --> ${to}${label}`;
  });
  return ['```mermaid', 'stateDiagram-v2', `  state "${table}" as machine {`, ...arrows, '  }', '```'].join(
    '\n',
  );
}
