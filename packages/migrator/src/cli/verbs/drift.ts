import { writeFile } from 'node:fs/promises';
import { Option } from 'commander';
import { shadowFlags, type ShadowFlags, readShadowFlags } from '../shadow-options.ts';
import { list } from '../text.ts';
import { verb } from '../verb.ts';

interface DriftFlags extends ShadowFlags {
  settings?: string;
  writeManifest?: string;
}

/** Compares the entities, the migrations and the database. */
export const drift = verb<DriftFlags>({
  name: 'drift',
  summary: 'compare entities, migrations and database by the whole catalog, and say who deviates',
  isReadOnly: true,
  details:
    'Exit code 3 when something deviates or could not be compared. The migrations are replayed in a throwaway database; nothing else is changed.',
  options: [
    ...shadowFlags,
    new Option('--settings <file>', 'JSON: suppressions, partitions, columnOrder, manifest'),
    new Option(
      '--write-manifest <file>',
      'write the whole schema, roles and settings of the database into this file to check in, and compare nothing',
    ),
  ],
  run: async (migrator, { settings, writeManifest, ...flags }) => {
    if (writeManifest !== undefined) {
      const { text, objects, unread } = await migrator.manifest();
      await writeFile(writeManifest, text);
      return {
        json: { written: writeManifest, objects, unread },
        text: list(
          `Wrote ${objects} objects to ${writeManifest}.`,
          unread.map((each) => `not in it: ${each}`),
        ),
      };
    }
    const { readDriftSettings } = await import('../../drift/drift-settings.ts');
    const { describeDrift } = await import('../../drift/describe-drift.ts');
    const { hasDrift } = await import('../../drift/drift.ts');
    const found = await migrator.drift({
      ...(settings === undefined ? {} : await readDriftSettings(settings)),
      ...(await readShadowFlags(flags)),
    });
    return { json: found, text: describeDrift(found), hasFindings: hasDrift(found) };
  },
});
