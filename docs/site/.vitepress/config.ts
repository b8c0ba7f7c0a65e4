import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { sidebars } from '../navigation.ts';
import { notPages, root, sitePath } from '../pages.ts';
import { repositoryLinks } from '../repository-links.ts';

const linkedFiles = new Set<string>();

export default defineConfig({
  title: 'ecommerce-dms',
  description:
    'The PostgreSQL database of a shop: schema, migrations, data, checks, alarms and AWS infrastructure.',
  // The pages are where GitHub shows them too.
  srcDir: root,
  srcExclude: notPages,
  rewrites: sitePath,
  cleanUrls: true,
  // The lists of links in one file, not again in each page.
  metaChunk: true,
  markdown: { config: (md) => repositoryLinks(md, linkedFiles) },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: sidebars(),
    outline: [2, 3],
    search: { provider: 'local' },
  },
  vite: {
    plugins: [
      {
        // Compiled pages import Vue, which is not to be found from where the pages are.
        name: 'vue-of-the-site',
        enforce: 'pre',
        resolveId(id) {
          return /^vue(\/|$)/.test(id)
            ? this.resolve(id, import.meta.filename, { skipSelf: true })
            : undefined;
        },
      },
    ],
  },
  buildEnd: ({ outDir }) => {
    for (const file of linkedFiles) cpSync(join(root, file), join(outDir, file));
  },
});
