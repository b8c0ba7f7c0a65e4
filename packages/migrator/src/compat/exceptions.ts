/** What is left out of a verdict: `Entity`, `Entity.property`, `Entity:operation`, `Entity.property:operation`. */
export class Exceptions {
  readonly #patterns: { text: string; expression: RegExp; isUsed: boolean }[];
  #count = 0;

  /** @param patterns `*` stands for any part */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.map((text) => {
      const [place = '', operation = '*'] = text.split(':');
      const [entity = '', property = '*'] = place.split('.');
      const parts = [entity, property, operation].map((part) =>
        part.split('*').map(escapeForExpression).join('.*'),
      );
      return { text, expression: new RegExp(`^${parts.join('\n')}$`, 's'), isUsed: false };
    });
  }

  /** How many were left out. */
  get count(): number {
    return this.#count;
  }

  /** Those that matched nothing. */
  get unused(): string[] {
    return this.#patterns.filter(({ isUsed }) => !isUsed).map(({ text }) => text);
  }

  /** Whether something is left out; counts it. */
  matches({
    entity = '',
    property = '',
    operation = '',
  }: {
    entity?: string;
    property?: string;
    operation?: string;
  }): boolean {
    const found = this.#patterns.filter(({ expression }) =>
      expression.test(`${entity}\n${property}\n${operation}`),
    );
    for (const pattern of found) pattern.isUsed = true;
    if (found.length > 0) this.#count++;
    return found.length > 0;
  }
}

function escapeForExpression(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
