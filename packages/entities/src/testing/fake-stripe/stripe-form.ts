/** The parameters of a request: what `a[b]=c` stands for. */
export interface StripeForm {
  [name: string]: string | StripeForm;
}

/** Reads `application/x-www-form-urlencoded` with brackets. */
export function parseStripeForm(text: string): StripeForm {
  const form: StripeForm = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const [, first = '', rest = ''] = /^([^[]+)(.*)$/.exec(name) ?? [];
    const path = [first, ...[...rest.matchAll(/\[([^\]]*)\]/g)].map(([, part = '']) => part)];
    const last = path.pop() ?? '';
    let parent = form;
    for (const part of path) {
      const child = parent[part];
      const next: StripeForm = typeof child === 'object' ? child : Object.create(null);
      parent[part] = next;
      parent = next;
    }
    parent[last] = value;
  }
  return form;
}

/** A part of a form that has names of its own, such as metadata. */
export function partOf(form: StripeForm, name: string): Record<string, string> {
  const part = form[name];
  return typeof part === 'object' ? (part as Record<string, string>) : {};
}

/** A parameter that is a text. */
export function textOf(form: StripeForm, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' ? value : undefined;
}
