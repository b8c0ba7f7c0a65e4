import type { Client, Connection } from 'pg';

/** A column of a statement's rows, as the server describes it. */
export interface DescribedColumn {
  name: string;
  /** As `pg_type` has it. */
  type: string;
  /** False where it is a column of a table that is not null; an expression may always be null. */
  mayBeNull: boolean;
  /** Whether it is an expression: whether that can be null the server does not say. */
  isExpression: boolean;
}

interface Field {
  name: string;
  dataTypeID: number;
  tableID: number;
  columnID: number;
}

/** What the server makes of a statement: it parses it against the schema, and runs nothing. */
export async function describeStatement(
  client: Client,
  text: string,
): Promise<{ params: string[]; columns: DescribedColumn[] }> {
  const { params, fields } = await parseAndDescribe(client, text);
  const types = await client.query<{ oid: number; typname: string }>(
    'select oid::int8::float8 as oid, typname from pg_type where oid = any ($1)',
    [[...params, ...fields.map((field) => field.dataTypeID)]],
  );
  const nameOf = new Map(types.rows.map(({ oid, typname }) => [oid, typname]));
  const notNull = await client.query<{ key: string }>(
    `select attrelid::int8 || '.' || attnum as key from pg_attribute
     where attnotnull and attrelid = any ($1)`,
    [fields.map((field) => field.tableID)],
  );
  const required = new Set(notNull.rows.map(({ key }) => key));
  return {
    params: params.map((oid) => nameOf.get(oid) ?? String(oid)),
    columns: fields.map(({ name, dataTypeID, tableID, columnID }) => ({
      name,
      type: nameOf.get(dataTypeID) ?? String(dataTypeID),
      mayBeNull: !required.has(`${tableID}.${columnID}`),
      isExpression: tableID === 0,
    })),
  };
}

/** The extended protocol's Parse and Describe; pg has no call for them that does not run the statement, too. */
function parseAndDescribe(client: Client, text: string): Promise<{ params: number[]; fields: Field[] }> {
  const { connection } = client as Client & { connection: Connection };
  return new Promise((resolve, reject) => {
    let params: number[] = [];
    let fields: Field[] = [];
    const end = (settle: () => void): void => {
      connection.off('parameterDescription', onParams);
      settle();
    };
    // What pg calls of a query that it is at; after an error it calls nothing more.
    const submittable = {
      submit(): void {
        connection.on('parameterDescription', onParams);
        connection.parse({ name: '', text, types: [] }, true);
        connection.describe({ type: 'S', name: '' }, true);
        connection.sync();
      },
      handleRowDescription: (message: { fields: Field[] }) => (fields = message.fields),
      handleReadyForQuery: () => end(() => resolve({ params, fields })),
      handleError: (error: Error) => end(() => reject(error)),
    };
    const onParams = (message: { dataTypeIDs: number[] }) => (params = message.dataTypeIDs);
    client.query(submittable as never);
  });
}
