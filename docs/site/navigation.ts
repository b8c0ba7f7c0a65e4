// The site's navigation, from the pages and the API reference that are there: what is added appears by itself.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { root, sitePath, titleOf, writtenPages } from './pages.ts';

const linkTo = (page: string) => `/${sitePath(page).replace(/(^|\/)index\.md$/, '$1')}`;
const item = (page: string): DefaultTheme.SidebarItem => ({ text: titleOf(page), link: linkTo(page) });

/** Folders of pages in the order in which a reader meets them. Others follow under their own names. */
const sections: [folder: string, title: string][] = [
  ['', 'Start'],
  ['docs/getting-started', 'Getting started'],
  ['docs/operations', 'Operations'],
  ['docs/runbooks', 'Runbooks'],
  ['packages', 'Packages'],
  ['apps', 'Applications'],
  ['examples', 'Examples'],
  ['docs/reference', 'Reference'],
  ['docs', 'Project'],
  ['docs/diagrams', 'Diagrams'],
  ['docs/adr', 'Decisions'],
  ['docs/site', 'This site'],
];

function sectionOf(page: string): string {
  const [top = '', ...rest] = page.split('/');
  if (rest.length === 0) return '';
  return top === 'docs' && rest.length > 1 ? `docs/${rest[0]}` : top;
}

/** A section for each folder that has pages. */
function guide(): DefaultTheme.SidebarItem[] {
  const bySection = Map.groupBy(writtenPages(), sectionOf);
  const others = [...bySection.keys()]
    .filter((folder) => !sections.some(([known]) => known === folder))
    .map((folder): [string, string] => [folder, basename(folder)]);
  return [...sections, ...others].flatMap(([folder, title]) => {
    const pages = bySection.get(folder) ?? [];
    return pages.length === 0 ? [] : [{ text: title, collapsed: false, items: pages.map(item) }];
  });
}

/** The pages below a folder of the API reference, its own first, a group for each folder in it. */
function apiItems(folder: string): DefaultTheme.SidebarItem[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== 'index.md')
    .map(({ name }) => name);
  return [
    ...files.sort().map((name) => ({ text: basename(name, '.md'), link: linkTo(`${folder}/${name}`) })),
    ...folders.sort().map((name) => {
      const index = `${folder}/${name}/index.md`;
      return {
        text: name,
        collapsed: true,
        ...(existsSync(join(root, index)) && { link: linkTo(index) }),
        items: apiItems(`${folder}/${name}`),
      };
    }),
  ];
}

/** The page of a package's API; where the package is entries of other names alone, that of the first. */
function apiLink(name: string): string {
  const folder = `docs/api/${name}`;
  if (existsSync(join(root, folder, 'index.md'))) return linkTo(`${folder}/index.md`);
  const [first = ''] = readdirSync(join(root, folder)).sort();
  return linkTo(`${folder}/${first}/index.md`);
}

/** One sidebar for the written pages, one for each package's API. */
export function sidebars(): DefaultTheme.SidebarMulti {
  const packages = readdirSync(join(root, 'docs/api'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const allPackages = packages.map((name) => ({ text: name, link: apiLink(name) }));
  const ofPackages = packages.map((name): [string, DefaultTheme.SidebarItem[]] => [
    `/api/${name}/`,
    [
      { text: name, link: apiLink(name), items: apiItems(`docs/api/${name}`) },
      { text: 'Other packages', collapsed: true, items: allPackages.filter(({ text }) => text !== name) },
    ],
  ]);
  return { ...Object.fromEntries(ofPackages), '/api/': [{ text: 'API', items: allPackages }], '/': guide() };
}
