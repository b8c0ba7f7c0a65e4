// The `prepack` script of each published package. Packed by another program than pnpm, a package would have the entries
// of its sources, which are not in it, and `workspace:` versions; packed before it is built, nothing at all.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const { npm_execpath: packer = '' } = process.env;
const { name, publishConfig } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values({ ...publishConfig.imports, ...publishConfig.exports })
  .flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)))
  .filter((file) => !existsSync(file));
const fault = !basename(packer).startsWith('pnpm')
  ? `only pnpm packs it as it must be published: npx -y pnpm@12 pack`
  : entries.length > 0 && `${entries.join(', ')} are not there; build it first: npx -y pnpm@12 build`;
if (fault) {
  console.error(`${name} is not packed: ${fault}`);
  process.exitCode = 1;
}
