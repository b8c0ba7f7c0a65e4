import { UserError } from '@ecommerce-dms/errors';
import type { Engine } from './class-table.ts';
import { classTable } from './class-table.generated.ts';
import { figuresOf, type InstanceClass, instanceClass } from './instance-class.ts';
import { nearestNames, newestFirst } from './nearest-names.ts';
import { classesOf, isOffered, type Place } from './offers.ts';

const engineTitles: Readonly<Record<Engine, string>> = {
  postgres: 'RDS for PostgreSQL',
  'postgres-cluster': 'a Multi-AZ DB cluster of PostgreSQL',
  'aurora-postgresql': 'Aurora PostgreSQL',
};

/** A class may be newer than the table: the text names its day. */
const unknown = `does not exist in AWS's data of ${classTable.sources[0]?.date}`;

/**
 * What is wrong with a class and what to use instead, as a clause for a list of faults.
 *
 * @returns undefined for a class that exists, and that the engine has in the region
 */
export function instanceClassFault(name: string, place: Place = {}): string | undefined {
  const found = diagnose(name, place);
  return found && `${found.what}; use ${found.remedy}`;
}

/**
 * The figures of a class that has to exist, and to be offered for the engine in the region.
 *
 * @throws UserError `instance-class-not-found`: the class does not exist, or is not offered there; the hint has the nearest names.
 * @example
 * ```ts
 * import { requireInstanceClass } from '@ecommerce-dms/rds-classes';
 *
 * const { vcpus } = requireInstanceClass('db.m7g.large', { engine: 'postgres', region: 'eu-west-1' });
 * console.log(vcpus); // 2
 * ```
 */
export function requireInstanceClass(name: string, place: Place = {}): InstanceClass {
  const found = diagnose(name, place);
  if (found !== undefined) {
    const hint = `Use ${found.remedy}.`;
    throw new UserError('instance-class-not-found', `The class ${found.what}.`, { hint });
  }
  return figuresOf(name);
}

function diagnose(name: string, place: Place): { what: string; remedy: string } | undefined {
  if (isOffered(name, place)) return undefined;
  const offered = classesOf(place);
  const where = placeText(place);
  if (offered.length === 0) {
    return {
      what: `"${name}" is not offered${where}`,
      remedy: 'another region: no class is offered there',
    };
  }
  const nearest = nearestNames(name, offered);
  return {
    what: instanceClass(name) === undefined ? `"${name}" ${unknown}` : `"${name}" is not offered${where}`,
    remedy:
      nearest.length === 0
        ? `a family and a size, for example ${newestFirst(offered)[0]}`
        : `one with a similar name: ${nearest.join(', ')}`,
  };
}

function placeText({ engine, region }: Place): string {
  const forEngine = engine === undefined ? '' : ` for ${engineTitles[engine]}`;
  return forEngine + (region === undefined ? '' : ` in ${region}`);
}
