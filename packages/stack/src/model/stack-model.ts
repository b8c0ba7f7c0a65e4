import type { Json, JsonObject, StackJson } from './stack-json.ts';

/** A resource of a stack, with its attributes. */
export interface StackResource {
  readonly type: string;
  readonly name: string;
  /** Terraform's address: `aws_db_instance.shop_writer`. */
  readonly address: string;
  /** Path of the construct: `shop-production/database/writer`. */
  readonly path: string | undefined;
  readonly config: JsonObject;
}

/** A synthesized stack: its resources, and what refers to what. */
export class StackModel {
  readonly json: StackJson;
  readonly resources: readonly StackResource[];
  /** Names of modules whose resources are not among {@link resources}. */
  readonly modules: readonly string[];

  /** @param resources with those of modules. Default: those of the JSON, which does not say what its modules make */
  constructor(json: StackJson, resources?: readonly StackResource[]) {
    this.json = json;
    this.resources = resources ?? resourcesOf(json);
    this.modules = resources === undefined ? labelled(json.module).map(([name]) => name) : [];
  }

  /** The resources of some types. */
  ofType(...types: string[]): StackResource[] {
    return this.resources.filter((resource) => types.includes(resource.type));
  }

  /**
   * The resource that `${aws_kms_key.key.arn}` refers to; undefined for a literal or for something outside.
   *
   * @param _type type of the resource, by which a stack of values in place of references finds it
   */
  target(value: Json | undefined, _type?: string): StackResource | undefined {
    if (typeof value !== 'string' || !value.startsWith('${')) return undefined;
    return this.resources.find(({ address }) => {
      const attribute = value.at(2 + address.length);
      return value.startsWith(address, 2) && (attribute === '.' || attribute === '[');
    });
  }

  /** The resources of a type whose `attribute` refers to another resource. */
  referrers(type: string, attribute: string, to: StackResource): StackResource[] {
    return this.ofType(type).filter(
      ({ config }) => this.target(config[attribute], to.type)?.address === to.address,
    );
  }

  /** The blocks of the AWS provider: the stack's own, and those with an alias. */
  get awsProviders(): JsonObject[] {
    return labelled(this.json.provider).flatMap(([name, block]) => (name === 'aws' ? blocks(block) : []));
  }

  /** The region of the AWS provider. */
  get region(): string | undefined {
    return text(this.awsProviders[0]?.['region']);
  }

  /** The region of a resource: its own, or that of its provider, `aws.recovery`; undefined when it is not literal. */
  regionOf({ config }: StackResource): string | undefined {
    const alias = text(config['provider'])?.split('.')[1];
    const provider = this.awsProviders.find((block) => text(block['alias']) === alias);
    const region = text(config['region']) ?? text(provider?.['region']);
    return region?.includes('${') === true ? undefined : region;
  }
}

function resourcesOf(json: StackJson): StackResource[] {
  return labelled(json.resource).flatMap(([type, byName]) =>
    labelled(byName).flatMap(([name, block]) =>
      blocks(block).map((config) => ({
        type,
        name,
        address: `${type}.${name}`,
        path: constructPath(config['//']),
        config,
      })),
    ),
  );
}

/** Blocks by their label, which Terraform's JSON writes as one object or as a list of them. */
function labelled(value: Json | undefined): [label: string, block: Json | undefined][] {
  return blocks(value).flatMap((block) => Object.entries(block));
}

/** Path of the construct in a resource's comment. */
export function constructPath(comment: Json | undefined): string | undefined {
  return text(object(object(comment)?.['metadata'])?.['path']);
}

/** Nested blocks, which Terraform's JSON writes as one object or as a list of them. */
export function blocks(value: Json | undefined): JsonObject[] {
  return list(value)
    .map(object)
    .filter((entry) => entry !== undefined);
}

/** A list as it is, a single value as a list of one, and nothing as an empty list. */
export function list(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

/** An object as it is; undefined for anything else. */
export function object(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** A text as it is; undefined for anything else. */
export function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number as it is; undefined for anything else. */
export function number(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
