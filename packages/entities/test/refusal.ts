import type { Client, DatabaseError } from 'pg';

/**
 * What refuses the statements: the name of the constraint or unique index, else the SQLSTATE, else `accepted`.
 * They run in a transaction that is rolled back, after the checks of its commit.
 */
export async function refusal(client: Client, sql: string): Promise<string> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('set constraints all immediate');
    return 'accepted';
  } catch (error) {
    const { constraint, code, message } = error as DatabaseError;
    return constraint ?? code ?? message;
  } finally {
    await client.query('rollback');
  }
}
