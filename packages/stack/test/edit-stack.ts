import type { Json, StackJson } from '../src/index.ts';

/** A resource's attributes, to be changed. */
export type Draft = Record<string, Json | undefined>;
type Resources = Record<string, Record<string, Draft>>;

/** A copy of a stack to break on purpose. */
export class StackDraft {
  readonly json: StackJson;
  readonly #resources: Resources;

  constructor(json: StackJson) {
    this.json = structuredClone(json);
    this.#resources = this.json.resource as Resources;
  }

  /** Sets attributes of every resource of a type; undefined removes one. */
  set(type: string, attributes: Draft, where: (config: Draft) => boolean = () => true): void {
    const matching = Object.values(this.#resources[type] ?? {}).filter(where);
    if (matching.length === 0) throw new Error(`no ${type} to change`);
    for (const config of matching) Object.assign(config, attributes);
  }

  /** Changes every resource of a type. */
  edit(type: string, change: (config: Draft) => void): void {
    for (const config of Object.values(this.#resources[type] ?? {})) change(config);
  }

  add(type: string, config: Draft): void {
    (this.#resources[type] ??= {})['added'] = config;
  }

  remove(type: string): void {
    if (!(type in this.#resources)) throw new Error(`no ${type} to remove`);
    delete this.#resources[type];
  }

  addresses(type: string): string[] {
    return Object.keys(this.#resources[type] ?? {}).map((name) => `${type}.${name}`);
  }
}
