import type { Collection, EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { makeRoom, removeReferences } from './make-room.ts';
import type { Operation, ReadValue } from './outcome.ts';
import { columnProperties, isRequired, isWritable, writtenProperties } from './properties.ts';
import { readValue } from './read-value.ts';
import type { Release } from './release.ts';
import type { PlannedOperation } from './run-operation.ts';
import { everything, type Sample } from './samples.ts';
import { valueVariants } from './value-variants.ts';

type Values = Record<string, ReadValue>;
type Run = PlannedOperation['run'];

/** What an operation fails with whose row somebody else has deleted. */
export const rowGone = 'The row is not found any more';

/** How many rows of an entity are tried to be deleted: some are referred to. */
const rowsToDelete = 3;

/** What MikroORM does with an entity, in operations that each take one row as it was when its release wrote it. */
export function operationsOf(
  release: Release,
  meta: EntityMetadata,
  samples: readonly Sample[],
): PlannedOperation[] {
  const of = (operation: Operation, variant: string, run: Run, property?: string): PlannedOperation => ({
    entity: meta.className,
    operation,
    variant,
    run,
    ...(property !== undefined && { property }),
  });
  const entity = new ExercisedEntity(release, meta);
  const [first] = samples;
  const rows = samples.map((sample, index) => ({ sample, row: `row ${index + 1}` }));
  const selects = (first === undefined ? [{ sample: undefined, row: 'any row' }] : rows).map(
    ({ sample, row }) => ({
      ...of('select', row, (em) => entity.select(em, sample)),
      parts: columnProperties(meta).map(({ name }) =>
        of('select', row, (em) => entity.select(em, sample, name), name),
      ),
    }),
  );
  const populates = meta.relations.map(({ name }) =>
    of('populate', 'joined', (em) => entity.populate(em, first, name), name),
  );
  if (first === undefined || !isWritable(meta)) return [...selects, ...populates];
  return [
    ...selects,
    ...populates,
    ...rows.map(({ sample, row }) => of('insert', row, (em) => entity.insert(em, sample, sample.data))),
    of('insert with defaults', 'row 1', (em) => entity.insert(em, first, entity.requiredData(first))),
    ...writtenProperties(meta)
      .filter(({ primary }) => primary !== true)
      .flatMap(({ name, ...property }) => {
        const values = {
          'the same value': first.data[name],
          ...valueVariants({ ...property, name }, first.data[name]),
        };
        return Object.entries(values).map(([variant, value]) =>
          of('update', variant, (em) => entity.update(em, first, name, value), name),
        );
      }),
    ...entity
      .conflictTargets(first)
      .map((target) => of('upsert', `on ${target.join(', ')}`, (em) => entity.upsert(em, first, target))),
    ...rows
      .slice(0, rowsToDelete)
      .map(({ sample, row }) => of('delete', row, (em) => entity.delete(em, sample))),
    of('delete', 'row 1, once nothing refers to it', async (em) => {
      await removeReferences(em, meta);
      return entity.delete(em, first);
    }),
    ...meta.relations
      .filter(({ kind, owner }) => kind === 'm:n' && owner)
      .map((property) =>
        of('change collection', 'row 1', (em) => entity.changeCollection(em, first, property), property.name),
      ),
  ];
}

/** The statements of MikroORM for one entity. */
class ExercisedEntity {
  readonly #release: Release;
  readonly #meta: EntityMetadata;

  constructor(release: Release, meta: EntityMetadata) {
    this.#release = release;
    this.#meta = meta;
  }

  /** @param property reads this one alone */
  async select(em: SqlEntityManager, sample: Sample | undefined, property?: string): Promise<Values> {
    const fields = property === undefined ? {} : { fields: [property] as never[] };
    const options = { ...everything(this.#meta), ...fields };
    if (sample === undefined) {
      await em.find(this.#meta.class, {}, { ...options, limit: 1 });
      return {};
    }
    const found: object | null = await em.findOne(this.#meta.class, sample.key, options);
    return found === null ? this.#gone() : this.#read(found);
  }

  async populate(em: SqlEntityManager, sample: Sample | undefined, relation: string): Promise<Values> {
    const populate = [relation] as never[];
    await em.find(this.#meta.class, sample?.key ?? {}, {
      filters: false,
      populate,
      strategy: 'joined',
      limit: 1,
    });
    return {};
  }

  async insert(em: SqlEntityManager, sample: Sample, data: Record<string, unknown>): Promise<Values> {
    await makeRoom(em, this.#meta, sample);
    const entity: object = em.create(this.#meta.class, { ...data }, { partial: true });
    em.persist(entity);
    await em.flush();
    const { wrap } = this.#release.mikro;
    return this.#readAgain(em, (wrap(entity) as unknown as { getPrimaryKey: () => unknown }).getPrimaryKey());
  }

  /** The values that an insert has to name. */
  requiredData({ data }: Sample): Record<string, unknown> {
    const required = writtenProperties(this.#meta).filter(isRequired);
    return Object.fromEntries(required.map(({ name }) => [name, data[name]]));
  }

  async update(em: SqlEntityManager, { key }: Sample, property: string, value: unknown): Promise<Values> {
    const changed = await em.nativeUpdate(this.#meta.class, key, { [property]: value }, { filters: false });
    if (changed === 0) this.#gone();
    const { [property]: read } = await this.#readAgain(em, key);
    return read === undefined ? {} : { [property]: read };
  }

  /** The keys that an upsert can rely on. */
  conflictTargets({ data }: Sample): string[][] {
    const uniques = this.#meta.uniques
      .filter(({ where, expression }) => where === undefined && expression === undefined)
      .map(({ properties }) => [properties ?? []].flat() as string[]);
    const single = this.#meta.uniqueProps.map(({ name }) => [name as string]);
    return [[...(this.#meta.primaryKeys as string[])], ...single, ...uniques].filter(
      (names) => names.length > 0 && names.every((name) => data[name] !== undefined && data[name] !== null),
    );
  }

  async upsert(em: SqlEntityManager, { key, data }: Sample, target: string[]): Promise<Values> {
    await em.upsert(this.#meta.class, { ...data }, { onConflictFields: target as never[] });
    return this.#readAgain(em, key);
  }

  async delete(em: SqlEntityManager, { key }: Sample): Promise<Values> {
    const found: object | null = await em.findOne(this.#meta.class, key, everything(this.#meta));
    if (found === null) return this.#gone();
    em.remove(found);
    await em.flush();
    return {};
  }

  /** Takes out what a collection has, and puts it in again. */
  async changeCollection(em: SqlEntityManager, { key }: Sample, property: EntityProperty): Promise<Values> {
    const populate = [property.name] as never[];
    const found: object | null = await em.findOne(this.#meta.class, key, { filters: false, populate });
    if (found === null) return this.#gone();
    const collection = Reflect.get(found, property.name) as Collection<object>;
    const items = collection.getItems();
    collection.removeAll();
    await em.flush();
    const others =
      items.length > 0 ? items : await em.find(property.entity(), {}, { filters: false, limit: 1 });
    if (others.length === 0) throw new Error('There is no row to put into the collection');
    collection.add(others as object[]);
    await em.flush();
    return {};
  }

  async #readAgain(em: SqlEntityManager, key: unknown): Promise<Values> {
    const reader = em.fork({ keepTransactionContext: true });
    const found: object | null = await reader.findOne(
      this.#meta.class,
      key as object,
      everything(this.#meta),
    );
    return found === null ? this.#gone() : this.#read(found);
  }

  #read(entity: object): Values {
    const { mikro } = this.#release;
    return Object.fromEntries(
      columnProperties(this.#meta)
        .filter(({ name }) => Reflect.has(entity, name))
        .map(({ name }) => [name, readValue(Reflect.get(entity, name), mikro)]),
    );
  }

  #gone(): never {
    throw new Error(rowGone);
  }
}
