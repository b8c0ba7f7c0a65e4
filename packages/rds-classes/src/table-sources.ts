import { classTable } from './class-table.generated.ts';
import { documentedSources } from './documented-figures.ts';

/** Where the figures are from, and of which day: packages that carry AWS's data, and pages of its documentation. */
export const tableSources: readonly {
  readonly source: string;
  readonly date: string;
  readonly what: string;
}[] = [
  ...classTable.sources.map(({ package: name, version, date, what }) => ({
    source: `${name} ${version}`,
    date,
    what,
  })),
  ...documentedSources.map(({ url, date, what }) => ({ source: url, date, what })),
];
