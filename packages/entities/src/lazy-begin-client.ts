import { Client, Query, type QueryResult } from 'pg';

const begins = /^(begin|start transaction( isolation level [a-z]+( [a-z]+)?)?( read (only|write))?)$/;

/** What MikroORM and Kysely hand to a client. */
interface Sent {
  text?: string;
  name?: string;
  values?: readonly unknown[];
  submit?: unknown;
  handleError?: (error: unknown, connection: unknown) => void;
}

type Answer = Pick<QueryResult, 'command' | 'rowCount' | 'rows'>;

/**
 * A client that sends the BEGIN of a transaction together with its first statement, which saves each transaction an
 * answer to wait for. The server leaves the statement out if the BEGIN fails. A transaction without statements is not
 * sent at all.
 */
export class LazyBeginClient extends Client {
  #pending: string | undefined;
  /** Names of statements that this connection has parsed. */
  readonly #parsed = new Set<string>();

  /** Returns what pg returns; its overloads have generics that nothing but `never` fits. */
  override query(config: unknown, ...rest: unknown[]): never {
    const sent: Sent = typeof config === 'string' ? { text: config } : (config as Sent);
    if (this.#pending !== undefined) return this.#first(sent, config, rest) as never;
    if (sent.text === undefined || !begins.test(sent.text)) return this.#send(config, ...rest) as never;
    this.#pending = sent.text;
    return answered('BEGIN') as never;
  }

  #first(sent: Sent, config: unknown, [values, ...rest]: unknown[]): unknown {
    const begin = this.#pending as string;
    this.#pending = undefined;
    if (sent.text === 'commit' || sent.text === 'rollback') return answered(sent.text.toUpperCase());
    const parameters = Array.isArray(values) ? values : (sent.values ?? []);
    const { name } = sent;
    const isExtended = name !== undefined || parameters.length > 0;
    // The answer to the parsing of a BEGIN, pg would take for that to the parsing of the statement.
    const isParsed = name === undefined || this.#parsed.has(name);
    const isPlain = sent.submit === undefined && typeof values !== 'function' && rest.length === 0;
    if (isExtended && isParsed && isPlain) {
      return this.#sendTogether(begin, { ...sent, values: parameters });
    }
    // Awaited, since the server would execute a statement of the simple protocol even if the BEGIN failed.
    const begun = (this.#send(begin) as Promise<unknown>).then(() => this.#send(config, values, ...rest));
    if (sent.submit === undefined) {
      return name === undefined ? begun : this.#remember(name, begun);
    }
    // A cursor is returned as it is, before it is sent.
    begun.catch((error: unknown) => sent.handleError?.(error, this.connection));
    return config;
  }

  async #remember(name: string, executed: Promise<unknown>): Promise<unknown> {
    const result = await executed;
    this.#parsed.add(name);
    return result;
  }

  #send(...args: unknown[]): unknown {
    return (super.query as (...args: unknown[]) => unknown)(...args);
  }

  #sendTogether(begin: string, statement: Sent): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const query = new Query(statement as never, (error: Error | undefined, results: unknown) => {
        if (error) reject(error);
        else resolve((results as Answer[]).at(-1) as Answer);
      });
      const submit = query.submit.bind(query);
      query.submit = (connection) => {
        connection.stream.cork();
        // No Sync between the two: the server skips what comes after an error up to there.
        connection.parse({ text: begin } as never, true);
        connection.bind({}, true);
        connection.execute(null, true);
        submit(connection);
        connection.stream.uncork();
      };
      this.#send(query);
    });
  }
}

async function answered(command: string): Promise<Answer> {
  return { command, rowCount: null, rows: [] };
}
