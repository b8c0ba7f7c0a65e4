import { expect, test } from 'vitest';
import { scramVerifier } from './scram-verifier.ts';

test('computes a known verifier', async () => {
  // From RFC 7677, section 3: password, salt and what the server stores for them.
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(await scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('uses a new salt each time', async () => {
  expect(await scramVerifier('pencil')).not.toBe(await scramVerifier('pencil'));
});

test.each(['', 'pässword', 'tab\t'])('%j is refused', async (password) => {
  await expect(scramVerifier(password)).rejects.toMatchObject({ code: 'invalid-password', exitCode: 2 });
});
