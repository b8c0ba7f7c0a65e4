import { inspect } from 'node:util';

/** A shorter secret is replaced only where its position shows what it is: many outputs contain a word like `admin`. */
const minimumBareLength = 8;

/** Up to the last `@` before a quote or the end of the line, whatever the password contains. */
const inDatabaseUrl =
  /(\bpostgres(?:ql)?:\/\/[^\s:"'`]*:)((?:(?!\bpostgres(?:ql)?:\/\/)(?:\\.|[^"'`\n\\]))*)@/gi;
const inOtherUrl = /(\b[a-z][a-z\d+.-]*:\/\/[^\s:@/"'`]*:)[^\s"'`/?#]*@/gi;
/** A query parameter, a keyword of a libpq connection string, a variable. */
const byName = /(\b\w*password\s*=\s*)('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|(?:\\.|[^\s&"'`\\])+)/gi;
const inSignedRequest = /(\bX-Amz-(?:Signature|Security-Token)(?:=|%3D))[^\s&"'`]+/gi;

/**
 * Replaces each password in a text with `***`, for messages, logs and whatever else is printed.
 *
 * It finds passwords by their position: `scheme://user:password@`, `?password=`, `password=` of a libpq connection
 * string, the signature and session token of a signed AWS request. In a PostgreSQL URL it hides everything up to the last
 * `@` of the line, since a password that is not percent-encoded may contain an `@`, `/`, `#` or a space: it hides too much
 * rather than too little.
 *
 * @param secrets what the program knows to be secret: passwords, tokens, or URLs that contain one. They are replaced
 * everywhere: as they are, percent-encoded, decoded, or quoted; outside a URL only if they have at least 8 characters.
 */
export function redactSecrets(text: string, secrets: readonly string[] = []): string {
  const forms = new Map(secrets.flatMap(formsOf));
  let redacted = text;
  // The longest first: a secret that is part of another one must not leave the rest of that one visible.
  for (const [form, shown] of [...forms].toSorted(([a], [b]) => b.length - a.length)) {
    redacted = redacted.replaceAll(form, () => shown);
  }
  return redacted
    .replaceAll(inDatabaseUrl, '$1***@')
    .replaceAll(inOtherUrl, '$1***@')
    .replaceAll(byName, '$1***')
    .replaceAll(inSignedRequest, '$1***');
}

/** What to look for, with what is shown instead. */
function formsOf(secret: string): [form: string, shown: string][] {
  const url = /^\s*([a-z][a-z\d+.-]*):\/\/([^]*)$/i.exec(secret);
  if (url === null) return bareForms(secret);
  const [whole, scheme = '', rest = ''] = url;
  const end = rest.lastIndexOf('@');
  const [user = '', ...afterUser] = rest.slice(0, Math.max(end, 0)).split(':');
  const inQuery = /[?&]password=([^&#]*)/i.exec(rest)?.[1] ?? '';
  const parsed = URL.canParse(whole) ? new URL(whole) : undefined;
  const passwords = [
    afterUser.join(':'),
    inQuery,
    parsed?.password ?? '',
    parsed?.searchParams.get('password') ?? '',
  ];
  // A password that is also a name occurs in many places where it is no secret.
  const names = new Set([scheme, user, parsed?.hostname, parsed?.pathname.slice(1)]);
  return [
    ...(afterUser.length === 0 ? [] : quotedForms(secret.trim())).map((form): [string, string] => [
      form,
      `${scheme}://${user}:***@${rest.slice(end + 1).trim()}`,
    ]),
    ...passwords.filter((password) => !names.has(password)).flatMap(bareForms),
  ];
}

function bareForms(secret: string): [form: string, shown: string][] {
  const decoded = decode(secret);
  return [...new Set([secret, secret.trim(), decoded, decoded.trim()])]
    .filter(({ length }) => length >= minimumBareLength)
    .flatMap((plain) => [
      plain,
      ...quotedForms(plain),
      ...[encodeURIComponent, encodeURI, encodeParameter].flatMap((encode) => {
        const encoded = encode(plain.toWellFormed());
        return [encoded, encoded.replaceAll(/%../g, (code) => code.toLowerCase())];
      }),
    ])
    .map((form) => [form, '***']);
}

/** As it is, and as JSON and Node's `inspect` write it, which escapes a single quote or not. */
function quotedForms(plain: string): string[] {
  const inspected = plain.split("'").map((part) => inspect(part).slice(1, -1));
  return [plain, JSON.stringify(plain).slice(1, -1), inspected.join("'"), inspected.join(String.raw`\'`)];
}

function encodeParameter(plain: string): string {
  return new URLSearchParams({ '': plain }).toString().slice(1);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
