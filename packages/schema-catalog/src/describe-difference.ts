import type { AttributeValue } from './catalog.ts';
import type { Difference } from './compare.ts';

/**
 * A difference for people, such as "trigger `audit` of public.item: enabled origin → disabled". A value of several
 * lines shows the first line that differs.
 */
export function describeDifference(difference: Difference): string {
  const { verb, attribute, from, to, folded } = difference;
  const object = describeObject(difference);
  if (verb !== 'change') {
    const more = folded === 0 ? '' : ` (and ${folded} ${folded === 1 ? 'object' : 'objects'} with it)`;
    return `${object}: ${verb === 'add' ? 'added' : 'removed'}${more}`;
  }
  const [before, after] = shorten(textOf(from, attribute, to), textOf(to, attribute, from));
  const more = folded === 0 ? '' : ` (and of ${folded} ${folded === 1 ? 'child' : 'children'})`;
  return `${object}: ${attribute} ${before} → ${after}${more}`;
}

const parts = new Set(['column', 'index column', 'view column', 'trigger', 'constraint', 'policy', 'rule']);

/** `column note of public.item`, `table public.item`. */
export function describeObject({ kind, identity }: Pick<Difference, 'kind' | 'identity'>): string {
  const [, owner, name] = parts.has(kind) ? (/^([^]*)\.("(?:[^"]|"")*"|[^."]+)$/.exec(identity) ?? []) : [];
  return owner === undefined ? `${kind} ${identity}` : `${kind} ${name} of ${owner}`;
}

function textOf(
  value: AttributeValue | undefined,
  attribute: string | undefined,
  other: AttributeValue | undefined,
): string {
  if (value === true) return 'yes';
  if (value === undefined) {
    if (other === true) return 'no';
    return attribute?.startsWith('privileges of ') || attribute === 'storage' ? 'default' : 'none';
  }
  return typeof value === 'string' ? value : value.join(', ');
}

const maxLength = 300;

function shorten(before: string, after: string): [string, string] {
  const [one, other] = [before.split('\n'), after.split('\n')];
  if (one.length === 1 && other.length === 1) return [cut(before), cut(after)];
  const at = one.findIndex((line, index) => line !== other[index]);
  const line = at < 0 ? one.length : at;
  return [`line ${line + 1}: ${cut(one[line]?.trim() || '(empty)')}`, cut(other[line]?.trim() || '(empty)')];
}

function cut(text: string): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`;
}
