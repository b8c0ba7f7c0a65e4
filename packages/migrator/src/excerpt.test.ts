import { expect, test } from 'vitest';
import { differingExcerpts, withoutLiterals } from './excerpt.ts';

test.each([
  { sql: `alter role "o'brien" password 's3cret'`, shown: `alter role "o'brien" password '***'` },
  { sql: `alter role a -- it's\n password 's3cret'`, shown: `alter role a -- it's\n password '***'` },
  { sql: `alter role a /* it's */ password 's3cret'`, shown: `alter role a /* it's */ password '***'` },
  { sql: `alter role a password E's3\\'cret'`, shown: `alter role a password '***'` },
  { sql: `alter role a password U&'s3!0041cret' uescape '!'`, shown: `alter role a password U&'***'` },
  { sql: `alter role a password $x$s3cret$x$`, shown: `alter role a password '***'` },
  { sql: `alter role a password 's3cret`, shown: `alter role a password '***'` },
])('no part of a password is left of $sql', ({ sql, shown }) => {
  expect(withoutLiterals(sql)).toBe(shown);
});

test('two statements are cut so that their difference is shown', () => {
  const start = `select '${'x'.repeat(300)}`;
  const [one, two] = differingExcerpts(`${start}1'`, `${start}2'`);
  expect(one).toMatch(/^\.\.\.x+1'$/);
  expect(two).toMatch(/^\.\.\.x+2'$/);
});
