import { cancelQueries, Session, withoutIndexes } from './session.ts';

/** The connections of one run. When its signal aborts, their running queries end on the server. */
export class SessionPool {
  readonly sessions: Session[] = [];
  readonly #url: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #cancelled: Promise<void> | undefined;

  /** @param paranoid whether no query may trust an index */
  constructor(url: string, signal: AbortSignal | undefined, paranoid: boolean) {
    this.#url = url;
    this.#settings = paranoid ? withoutIndexes : {};
    this.#signal = signal ? AbortSignal.any([this.#stop.signal, signal]) : this.#stop.signal;
    this.#signal.addEventListener('abort', () => {
      this.#cancelled = cancelQueries(url, this.sessions);
    });
  }

  async open(): Promise<Session> {
    const session = await Session.open(this.#url, this.#signal, this.#settings);
    this.sessions.push(session);
    return session;
  }

  /** Whether the run was stopped, by the caller's signal or by {@link stop}. */
  get stopped(): boolean {
    return this.#signal.aborted;
  }

  /** Ends what the sessions still run. */
  stop(): void {
    this.#stop.abort();
  }

  async close(): Promise<void> {
    await this.#cancelled;
    await Promise.all(this.sessions.map((session) => session.close()));
  }

  total(field: 'scans' | 'statements'): number {
    return this.sessions.reduce((sum, session) => sum + session[field], 0);
  }
}
