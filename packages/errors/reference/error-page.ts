import { type ErrorCode, errorCodes } from '../src/error-codes.ts';

const introduction = `# Error codes

<!-- Written by \`pnpm generate\` from packages/errors/src/error-codes.ts. -->

A failure that its reader can do something about is a \`UserError\`: \`code\`, \`message\` (what happened, and where), \`hint\`
(what to do) and \`exitCode\`. The code is stable, for programs; \`dms\` prints message and hint and ends with the exit code
of the code: 1 failed, 2 usage or settings, 3 findings.

A code says what is wrong, in one of these forms. \`<thing>-not-found\`: what was named, or is needed, is not there.
\`invalid-<thing>\`: what was given is wrong, and always ends with 2; \`invalid-settings\` stands for all options, props, flags
and settings, \`invalid-input\` for the input of an operation. \`<thing>-required\`: something has to be given that was not.
\`<thing>-exists\`, \`<thing>-taken\`: it is there already, or somebody else's. \`<thing>-mismatch\`, \`<thing>-conflict\`: two
things do not fit together. \`<thing>-unreadable\`, \`<thing>-unavailable\`, \`<thing>-busy\`, \`<thing>-lost\` and other states,
such as \`cart-empty\` or \`port-in-use\`: the thing is in a state that rules the work out. \`<action>-failed\`: it was tried.
\`<action>-refused\`: it was not tried, because it would do harm or may not be. \`<check>-findings\`: a check has found
something.
`;

/**
 * The page of all error codes, as Markdown.
 *
 * @param thrown which packages throw a code
 */
export function renderErrorPage(thrown: ReadonlyMap<ErrorCode, readonly string[]>): string {
  const sections = Map.groupBy(thrown, ([, packages]) =>
    packages.length > 1 ? 'Several packages' : (packages[0] ?? 'Not thrown'),
  );
  return [
    introduction,
    ...[...sections].flatMap(([section, entries]) => [
      `## ${section}\n`,
      ...entries.map(([code, packages]) => renderCode(code, packages)),
    ]),
  ].join('\n');
}

function renderCode(code: ErrorCode, packages: readonly string[]): string {
  const { exitCode, cause, remedy } = errorCodes[code];
  return `### \`${code}\`

${cause}

${remedy}

Exit code ${exitCode}; thrown by ${packages.map((name) => `\`${name}\``).join(', ')}.
`;
}
