import { createHash } from 'node:crypto';

/** A category on a path of the file. */
export interface CategoryNode {
  /** As the database derives it from the slugs: `apparel.tops`. */
  path: string;
  /** Null for a root. */
  parentPath: string | null;
  slug: string;
  name: string;
  depth: number;
}

/** Every category on the paths, parents before children. */
export function categoryTree(paths: Iterable<readonly string[]>): CategoryNode[] {
  const nodes = new Map<string, CategoryNode>();
  for (const names of paths) {
    let parentPath: string | null = null;
    for (const [depth, name] of names.entries()) {
      const slug = categorySlug(name);
      const path = pathBelow(parentPath, slug);
      if (!nodes.has(path)) nodes.set(path, { path, parentPath, slug, name, depth });
      parentPath = path;
    }
  }
  return [...nodes.values()].sort((a, b) => a.depth - b.depth);
}

/** The path of the last of the names. */
export function categoryPath(names: readonly string[]): string {
  return names.map((name) => categorySlug(name).replaceAll('-', '_')).join('.');
}

function pathBelow(parentPath: string | null, slug: string): string {
  const label = slug.replaceAll('-', '_');
  return parentPath === null ? label : `${parentPath}.${label}`;
}

/**
 * The name as ASCII words in lower case: `Men's Shoes` is `men-s-shoes`. A name with letters that have no ASCII form
 * ends with a hash of the name, so that two such names never share a slug.
 */
export function categorySlug(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[a-z0-9]+/g)?.join('-') ?? '';
  if (words !== '' && words.length <= 200 && !/[^\0-\x7F]/.test(plain)) return words;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return [...(words.slice(0, 150).match(/[a-z0-9]+/g) ?? ['category']), hash].join('-');
}
