import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Loaded by `node --import`: what asks for cdktf gets cdktn, its continuation, from the folder DMS_CDKTN_DIR. */
const parentURL = pathToFileURL(join(process.env['DMS_CDKTN_DIR'] ?? '', 'package.json')).href;
const aliases: readonly (readonly [RegExp, string])[] = [
  [/^@cdktf\/provider-aws(?=\/|$)/, '@cdktn/provider-aws'],
  [/^cdktf(?=\/|$)/, 'cdktn'],
  [/^constructs$/, 'constructs'],
];

registerHooks({
  resolve(specifier, context, nextResolve) {
    const alias = aliases.find(([name]) => name.test(specifier));
    // What cdktn itself asks for it finds beside itself.
    if (alias === undefined || context.parentURL?.includes('/node_modules/') === true) {
      return nextResolve(specifier, context);
    }
    return nextResolve(specifier.replace(...alias), { ...context, parentURL });
  },
});
