// Which Markdown files of the repository are pages of the site, and where each is on it.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Markdown files that are no pages, as VitePress's `srcExclude`. */
export const notPages = ['**/CHANGELOG.md', '.*/**', '{packages,apps,examples}/*/*/**'];

/** The pages that people wrote, as paths from the root of the repository; those of the API are made from sources. */
export function writtenPages(): string[] {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  return files
    .trim()
    .split('\n')
    .filter(
      (file) => existsSync(join(root, file)) && !notPages.some((pattern) => matchesGlob(file, pattern)),
    );
}

/** Where a file's page is on the site: the README of a folder is its index, and `docs/` is left out. */
export function sitePath(file: string): string {
  return file.replace(/^docs\//, '').replace(/(^|\/)README\.md$/, '$1index.md');
}

/** The first heading of a page, without the scope of a package's name. */
export function titleOf(file: string): string {
  const [, title] = /^# (.*)$/m.exec(readFileSync(join(root, file), 'utf8')) ?? [];
  if (title === undefined) throw new Error(`${file} has no heading '# ...', which its title is made of.`);
  return title.replace('@ecommerce-dms/', '');
}
