#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file to be told what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `dms needs Node 22.18 or newer, and this is ${process.versions.node}. ` +
      `Run it through pnpm (npx -y pnpm@12 dms ...), which brings Node 24.`,
  );
  process.exit(2);
}
await import('../src/main.ts');
