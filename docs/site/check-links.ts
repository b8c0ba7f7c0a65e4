// Fails if a link of the built site leads to a file or a heading that is not there. VitePress itself checks neither
// headings nor files other than pages.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const site = resolve(import.meta.dirname, '.vitepress/dist');
const pages = globSync('**/*.html', { cwd: site });
const attributeValues = (html: string, name: string): string[] =>
  Array.from(html.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g')), ([, value = '']) =>
    value.replaceAll('&amp;', '&'),
  );
const anchors = new Map(
  pages.map((page) => [page, new Set(attributeValues(readFileSync(join(site, page), 'utf8'), 'id'))]),
);

/** The file that a path of the site is served from. */
function fileAt(path: string): string | undefined {
  const candidates = path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`];
  return candidates
    .map((candidate) => candidate.slice(1))
    .find((file) => existsSync(join(site, file)) && statSync(join(site, file)).isFile());
}

function faultOf(page: string, link: string): string | undefined {
  const url = new URL(link, `http://site/${page}`);
  if (url.host !== 'site') return undefined;
  const file = fileAt(decodeURI(url.pathname));
  if (file === undefined) return `${page}: ${link} leads to no file`;
  const anchor = decodeURIComponent(url.hash.slice(1));
  if (anchor === '' || anchors.get(file)?.has(anchor) === true) return undefined;
  return `${page}: ${link} leads to no heading`;
}

let checked = 0;
const faults = pages.flatMap((page) => {
  const html = readFileSync(join(site, page), 'utf8');
  const links = [...new Set([...attributeValues(html, 'href'), ...attributeValues(html, 'src')])];
  checked += links.length;
  return links.flatMap((link) => faultOf(page, link) ?? []);
});
console.log(`${checked} links on ${pages.length} pages checked`);
for (const fault of faults) console.error(fault);
if (pages.length === 0) console.error(`There is no page in ${site}: run 'vitepress build' first.`);
process.exitCode = pages.length === 0 || faults.length > 0 ? 1 : 0;
