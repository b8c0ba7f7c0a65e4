import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { EntityDescription } from './outcome.ts';
import type { Release } from './release.ts';

/** The entities of a release that have rows: no embeddables, no abstract bases, no tables that only link. */
export function entitiesOf({ orm }: Release): EntityMetadata[] {
  return [...orm.getMetadata().getAll().values()].filter(
    ({ embeddable, abstract, pivotTable }) => embeddable !== true && abstract !== true && pivotTable !== true,
  );
}

/** Whether it has a table of its own, which can be written. */
export function isWritable({ view, virtual, expression, readonly }: EntityMetadata): boolean {
  return view === undefined && virtual !== true && expression === undefined && readonly !== true;
}

/** The properties with columns; an embedded one stands for its parts. */
export function columnProperties(meta: EntityMetadata): EntityProperty[] {
  return meta.props.filter(
    (property) =>
      property.embedded === undefined &&
      property.persist !== false &&
      property.formula === undefined &&
      (property.kind === 'scalar' ||
        property.kind === 'embedded' ||
        property.kind === 'm:1' ||
        (property.kind === '1:1' && property.owner)),
  );
}

/** Those that the release itself writes. */
export function writtenProperties(meta: EntityMetadata): EntityProperty[] {
  return columnProperties(meta).filter(
    ({ generated, version, name }) =>
      generated === undefined && version !== true && name !== meta.root.discriminatorColumn,
  );
}

/** Whether an insert has to name it: nothing else gives it a value. */
export function isRequired(property: EntityProperty): boolean {
  return (
    property.nullable !== true &&
    property.autoincrement !== true &&
    property.default === undefined &&
    property.defaultRaw === undefined &&
    property.onCreate === undefined
  );
}

/** The schema of an entity's table. */
export function schemaOf({ orm }: Release, { schema }: EntityMetadata): string {
  return schema ?? orm.config.get('schema') ?? orm.config.getPlatform().getDefaultSchemaName() ?? 'public';
}

/** What a release declares, as plain data. */
export function describeEntities(release: Release): EntityDescription[] {
  return entitiesOf(release).map((meta) => ({
    name: meta.className,
    schema: schemaOf(release, meta),
    table: meta.tableName,
    properties: columnProperties(meta).map((property) => ({
      name: property.name,
      columns: columnsOf(property),
      isScalar: property.kind === 'scalar',
      isNullable: property.nullable === true,
      ...(property.items !== undefined && { items: property.items.map(String) }),
    })),
  }));
}

function columnsOf(property: EntityProperty): string[] {
  if (property.kind !== 'embedded' || property.object === true) return property.fieldNames;
  return Object.values(property.embeddedProps).flatMap((part: EntityProperty) => columnsOf(part));
}
