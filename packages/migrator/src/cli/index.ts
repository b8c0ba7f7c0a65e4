export { addVerbs, type VerbOptions } from './add-verbs.ts';
export type { Verb, VerbContext, VerbResult } from './verb.ts';
