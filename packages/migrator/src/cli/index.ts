export { addVerbs, type RunVerb } from './add-verbs.ts';
export { type CommandLine, inCommands, withErrorsInCommands } from './in-commands.ts';
export type { Verb, VerbContext, VerbResult } from './verb.ts';
