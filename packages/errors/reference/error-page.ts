import { type ErrorCode, errorCodes } from '../src/error-codes.ts';

const introduction = `# Error codes

<!-- Written by \`pnpm generate\` from packages/errors/src/error-codes.ts. -->

An error that the user can do something about is a \`UserError\`, with a \`code\`, a \`message\` (what happened, and where), a
\`hint\` (what to do) and an \`exitCode\`. The code is a stable name for programs. \`dms\` prints the message and the hint, and
ends with the exit code: 1 failed, 2 usage or settings, 3 findings.

The form of a code says what kind of error it is:

- \`<thing>-not-found\`: something that was named, or is needed, does not exist.
- \`invalid-<thing>\`: an input is wrong; the exit code is always 2. \`invalid-settings\` covers all options, props, flags and
  settings, \`invalid-input\` the input of an operation.
- \`<thing>-required\`: something has to be given.
- \`<thing>-exists\`, \`<thing>-taken\`: it already exists, or belongs to somebody else.
- \`<thing>-mismatch\`, \`<thing>-conflict\`: two things do not fit together.
- \`<thing>-unreadable\`, \`<thing>-unavailable\`, \`<thing>-busy\`, \`<thing>-lost\` and other states, such as \`cart-empty\` or
  \`port-in-use\`: the state of the thing prevents the work.
- \`<action>-failed\`: it was tried, and failed.
- \`<action>-refused\`: it was not tried, because it is not allowed or would do harm.
- \`<check>-findings\`: a check found something.
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
