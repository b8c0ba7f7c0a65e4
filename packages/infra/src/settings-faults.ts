import { z } from 'zod';

/** A whole number of `low` to `high`. */
export function whole(low: number, high: number, needed = `a whole number of ${low} to ${high} is needed`) {
  return z.int(needed).min(low, needed).max(high, needed);
}

/** A whole number of 1 or more. */
export const counted = whole(1, Number.MAX_SAFE_INTEGER, 'a whole number of 1 or more is needed');

/** A text in which `faultOf` finds nothing wrong; else it goes on from the text: `is not a domain`. */
export function checkedText(faultOf: (text: string) => string | false | undefined) {
  return z.string().superRefine((text, context) => {
    const fault = faultOf(text);
    if (typeof fault !== 'string') return;
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} ${fault}` });
  });
}

/**
 * What a schema finds wrong with the settings among `props`, each as a sentence. What else the props have is not its
 * business, nor is what was left out.
 */
export function settingsFaults(schema: z.ZodObject, props: object): string[] {
  const own = Object.fromEntries(Object.entries(props).filter(([name]) => name in schema.shape));
  const issues = schema.partial().safeParse(own).error?.issues ?? [];
  return [...new Set(issues.map(({ path, message }) => sentence(path, message, own)))];
}

function sentence(path: readonly PropertyKey[], message: string, settings: object): string {
  const setting = path.join('.');
  if (message.startsWith('"')) return `${setting} ${message}`;
  const value: unknown = path.reduce<unknown>((at, key) => Object(at)[key], settings);
  return `${setting} is ${JSON.stringify(value)}; ${message}`;
}
