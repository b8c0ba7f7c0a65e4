// Imports every entry of the installed @ecommerce-dms packages. One may need a peer that is optional, and is not there.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const scope = '@ecommerce-dms';
const { resolve } = createRequire(join(process.cwd(), 'package.json'));
let imported = 0;
for (const folder of readdirSync(join('node_modules', scope))) {
  const manifest = JSON.parse(readFileSync(join('node_modules', scope, folder, 'package.json'), 'utf8'));
  const optional = Object.keys(manifest.peerDependenciesMeta ?? {});
  for (const entry of Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'))) {
    const specifier = join(scope, folder, entry);
    try {
      await import(pathToFileURL(resolve(specifier)).href);
      imported++;
    } catch (error) {
      const isOptional = optional.some((peer) => error.message.startsWith(`Cannot find package '${peer}'`));
      console.error(`${specifier}: ${isOptional ? 'skipped, ' : ''}${error.message}`);
      if (!isOptional) process.exitCode = 1;
    }
  }
}
console.log(`${imported} entries imported`);
if (imported === 0) process.exitCode = 1;
