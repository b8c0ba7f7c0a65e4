import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { categoryPath, categorySlug, categoryTree } from './category-tree.ts';

test.each([
  { name: "Men's Shoes", slug: 'men-s-shoes' },
  { name: '  Café & Tea ', slug: 'cafe-tea' },
  { name: '2024', slug: '2024' },
  { name: '日本', slug: 'category-cf2abf0c5be3' },
])('the slug of $name is $slug', ({ name, slug }) => {
  expect(categorySlug(name)).toBe(slug);
});

test('every name has a slug that the database accepts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (name) => {
      const slug = categorySlug(name);
      expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(slug.length).toBeLessThanOrEqual(200);
    }),
  );
});

test('names with letters beyond ASCII do not share a slug', () => {
  const [first, second] = ['日本 A', '中国 A'].map(categorySlug);
  expect(first).toMatch(/^a-/);
  expect(first).not.toBe(second);
});

test('a tree has each category once, parents first', () => {
  const paths = [['Home', 'Kitchen', 'Pans'], ['Home', 'Light'], ['home'], ['Light']];
  expect(categoryTree(paths)).toMatchObject([
    { path: 'home', parentPath: null },
    { path: 'light', parentPath: null },
    { path: 'home.kitchen', parentPath: 'home' },
    { path: 'home.light', parentPath: 'home' },
    { path: 'home.kitchen.pans', parentPath: 'home.kitchen' },
  ]);
  expect(categoryPath(['Home', "Men's"])).toBe('home.men_s');
});
