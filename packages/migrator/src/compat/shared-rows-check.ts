import type { Catalog } from './catalog.ts';
import { type Difference, failureText } from './difference.ts';
import type { Exercise } from './exercise/exercise.ts';
import type { EntityDescription, Outcome, PropertyDescription } from './exercise/outcome.ts';
import type { FoundRow, WrittenRow } from './exercise/shared-rows.ts';
import { remedies } from './explain-failure.ts';

/** A release as it reads and writes rows, in this process or in another. */
export interface RowRelease extends Pick<Exercise, 'writeRows' | 'writeValue' | 'readRow'> {
  entities: readonly EntityDescription[];
  /** What rows looked like to it before: it lives with null there, whatever it declares. */
  known: readonly Outcome[];
}

/** What one release cannot make use of in the rows that another writes. */
export async function checkSharedRows(
  writer: RowRelease,
  reader: RowRelease,
  catalog: Catalog,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const judge = async (row: WrittenRow | undefined, property?: string): Promise<void> => {
    const found = row && (await reader.readRow(row));
    if (row !== undefined && found !== undefined)
      differences.push(...judgeRow(row, found, { reader, catalog }, property));
  };
  for (const row of await writer.writeRows()) await judge(row);
  for (const { entity, property, value, readAs } of strangeValues(writer.entities, reader.entities)) {
    await judge(await writer.writeValue({ entity, property, value }), readAs);
  }
  return differences;
}

interface StrangeValue {
  entity: string;
  property: string;
  value: string | null;
  /** The property of the reader. */
  readAs: string;
}

/** What the entities of the writer allow and those of the reader do not. */
function strangeValues(
  writers: readonly EntityDescription[],
  readers: readonly EntityDescription[],
): StrangeValue[] {
  return writers.flatMap((writer) => {
    const reader = readers.find(({ schema, table }) => schema === writer.schema && table === writer.table);
    if (reader === undefined) return [];
    return writer.properties.flatMap((property) => {
      const same = reader.properties.find(({ columns }) => columns.join() === property.columns.join());
      return same === undefined
        ? []
        : valuesUnknownTo(same, property).map((value) => ({
            entity: writer.name,
            property: property.name,
            value,
            readAs: same.name,
          }));
    });
  });
}

function valuesUnknownTo(reader: PropertyDescription, writer: PropertyDescription): (string | null)[] {
  const items = reader.items === undefined ? [] : (writer.items ?? []);
  return [
    ...items.filter((item) => reader.items?.includes(item) !== true),
    ...(writer.isNullable && !reader.isNullable ? [null] : []),
  ];
}

/** @param only judges this property; the others have values of earlier rows */
function judgeRow(
  row: WrittenRow,
  found: FoundRow,
  { reader, catalog }: { reader: RowRelease; catalog: Catalog },
  only?: string,
): Difference[] {
  const of = (problem: string, remedy: string, property?: string): Difference => ({
    entity: found.entity,
    operation: 'shared row',
    variant: `${row.how} of ${row.entity} by the other release`,
    problem,
    remedy,
    ...(property !== undefined && { property }),
  });
  const { failure } = found;
  if (failure !== undefined) {
    // What it cannot read of its own rows either, its own operations show.
    if ((failure.sqlState ?? '').startsWith('42')) return [];
    return [
      of(
        `A row that the other release writes cannot be read: ${failureText(failure)}.`,
        remedies.schema,
        only,
      ),
    ];
  }
  const entity = reader.entities.find(({ name }) => name === found.entity);
  return (entity?.properties ?? []).flatMap(({ name, columns, isNullable, items }) => {
    const value = found.values[name];
    if (value === undefined || (only !== undefined && only !== name)) return [];
    // Its own operations show that it is missing.
    if (columns.some((column) => catalog.column(row.schema, row.table, column) === undefined)) return [];
    if (value.kind === 'null') {
      return isNullable || wasNull(reader, found.entity, name)
        ? []
        : [of('The other release leaves it null, which this one does not expect.', remedies.nullRead, name)];
    }
    return items === undefined || items.includes(value.text)
      ? []
      : [
          of(
            `The other release writes '${value.text}', which this one does not know.`,
            remedies.enumValue,
            name,
          ),
        ];
  });
}

/** Whether its own rows had null, too, whatever the entity says: then it expects that. */
function wasNull({ known }: RowRelease, entity: string, property: string): boolean {
  return known.some(
    (outcome) =>
      outcome.operation === 'select' &&
      outcome.entity === entity &&
      outcome.values[property]?.kind === 'null',
  );
}
