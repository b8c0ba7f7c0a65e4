import { maxLength, textUpTo } from '../bounds.ts';

/** What slugs and codes are: words of a-z and 0-9, joined by hyphens. For `~` of PostgreSQL and for RegExp. */
export const slugPattern = '^[a-z0-9]+(-[a-z0-9]+)*$';

export const slug = textUpTo(maxLength.line).regex(
  new RegExp(slugPattern),
  'words of a-z and 0-9, joined by hyphens',
);
