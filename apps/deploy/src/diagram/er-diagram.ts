import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';

/**
 * The tables and their foreign keys as a Mermaid ER diagram. The order of tables is that of their names, so that
 * the same entities give the same text.
 */
export function erDiagram(metadata: readonly EntityMetadata[]): string {
  const tables = metadata.toSorted((a, b) => (a.tableName < b.tableName ? -1 : 1));
  return ['erDiagram', ...tables.map(table), ...new Set(tables.flatMap(relations))].join('\n');
}

function table({ tableName, props }: EntityMetadata): string {
  const columns = new Map<string, string>();
  for (const prop of props.filter(isStored)) {
    const key = [prop.primary === true && 'PK', prop.targetMeta !== undefined && 'FK']
      .filter(Boolean)
      .join(', ');
    prop.fieldNames.forEach((name, index) => {
      // Mermaid takes a type as one word.
      const type = (prop.columnTypes[index] ?? 'unknown').replaceAll(/[^\w[\]-]+/g, '_');
      const comment = prop.nullable === true ? '"null"' : '';
      if (!columns.has(name))
        columns.set(name, `    ${[type, name, key, comment].filter(Boolean).join(' ')}`);
    });
  }
  return [`  ${tableName} {`, ...columns.values(), '  }'].join('\n');
}

function relations({ tableName, props }: EntityMetadata): string[] {
  return props.filter(isStored).flatMap((prop) => {
    if (prop.targetMeta === undefined) return [];
    const parent = prop.nullable === true ? '|o' : '||';
    const children = prop.kind === '1:1' ? 'o|' : 'o{';
    return [
      `  ${prop.targetMeta.tableName} ${parent}--${children} ${tableName} : "${prop.fieldNames.join(', ')}"`,
    ];
  });
}

/** Whether the property has columns in its own table. */
function isStored({ persist, kind, fieldNames, owner }: EntityProperty): boolean {
  if (kind === '1:1') return owner === true;
  return persist !== false && (kind === 'scalar' || kind === 'm:1') && fieldNames !== undefined;
}
