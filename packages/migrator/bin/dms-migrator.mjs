#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file to be told what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 17)) {
  console.error(
    `@ecommerce-dms/migrator needs Node 22.17 or newer, and this is ${process.versions.node}. With a newer one:\n` +
      `npx -y -p node@24 -- dms-migrator ${process.argv.slice(2).join(' ')}`,
  );
  process.exit(2);
}
await import('#main');
