// Links between files of the repository, written as GitHub reads them, become links of the site.
import { statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { root, sitePath } from './pages.ts';

const kindOf = (file: string) => {
  const stats = statSync(join(root, file), { throwIfNoEntry: false });
  return stats?.isDirectory() === true ? 'folder' : stats?.isFile() === true ? 'file' : undefined;
};

/**
 * Rewrites the links of each page: to a page's place on the site, of a folder to its README. A file that is no page
 * is added to `files`, which the build copies to the site. What leads nowhere stays as it is: `check-links.ts`
 * names it.
 */
export function repositoryLinks(md: MarkdownRenderer, files: Set<string>): void {
  md.core.ruler.push('repository-links', (state) => {
    // For the search index, VitePress gives the file's path alone.
    const { realPath, path: pagePath } = state.env as { realPath?: string; path: string };
    const page = relative(root, realPath ?? pagePath);
    const links = state.tokens
      .flatMap(({ children }) => children ?? [])
      .filter(({ type }) => type === 'link_open');
    for (const link of links) {
      const [, path, hash = ''] = /^(?![\w+.-]+:|\/|#)([^#]+)(#.*)?$/.exec(link.attrGet('href') ?? '') ?? [];
      if (path === undefined) continue;
      const target = join(dirname(page), decodeURI(path)).replace(/\/$/, '');
      const kind = kindOf(target);
      if (kind === 'folder') link.attrSet('href', `/${sitePath(`${target}/README.md`)}${hash}`);
      else if (target.endsWith('.md')) link.attrSet('href', `/${sitePath(target)}${hash}`);
      else if (kind === 'file') {
        files.add(target);
        link.attrSet('href', `/${target}`);
        // VitePress would take a file without an extension for a page.
        link.attrSet('target', '_self');
      }
    }
  });
}
