#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file to be told what is wrong.
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  const quoted = process.argv
    .slice(2)
    .map((word) => (/^[\w./:=@-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`));
  console.error(
    `dms needs Node 22.18 or newer, and this is ${process.versions.node}. With a newer one:\n` +
      `npx -y -p node@24 -- ${['dms', ...quoted].join(' ')}`,
  );
  process.exit(2);
}
// Of the sources of this workspace: their types are stripped once, and not at each start.
if (import.meta.resolve('#main').endsWith('.ts')) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/dms', import.meta.url)));
}
await import('#main');
