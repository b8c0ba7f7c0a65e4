/** A command line of `dms` for this environment, as hints print it: `dms seed --undo --env staging`. */
export function commandFor({ name }: { name: string }, command: string): string {
  return `dms ${command}${name === 'local' ? '' : ` --env ${name}`}`;
}
