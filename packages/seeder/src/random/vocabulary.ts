/** Lists of words to pick from, in American English. */
export interface Vocabulary {
  firstNames: readonly string[];
  lastNames: readonly string[];
  cities: readonly string[];
  /** Second parts of street names: `Avenue`. */
  streetSuffixes: readonly string[];
  /** State names and their two letters, at the same positions. */
  states: readonly string[];
  stateCodes: readonly string[];
  /** Common nouns, adjectives and verbs, for notes and reviews. */
  nouns: readonly string[];
  adjectives: readonly string[];
  verbs: readonly string[];
}

/**
 * Loads Faker's English word lists; no other locale (about 20 ms; all locales take 180 ms). The lists change with
 * Faker's releases: to keep the rows of a plan the same, pin the version of `@faker-js/faker`.
 */
export async function loadVocabulary(): Promise<Vocabulary> {
  const { faker } = await import('@faker-js/faker/locale/en');
  const { person, location, word } = faker.definitions;
  return {
    firstNames: all(person.first_name),
    lastNames: all(person.last_name),
    cities: location.city_name ?? [],
    streetSuffixes: location.street_suffix ?? [],
    states: location.state ?? [],
    stateCodes: location.state_abbr ?? [],
    nouns: word.noun ?? [],
    adjectives: word.adjective ?? [],
    verbs: word.verb ?? [],
  };
}

/** Names of all kinds, each once. */
function all(names: {
  generic?: readonly string[];
  female?: readonly string[];
  male?: readonly string[];
}): string[] {
  return [...new Set([...(names.generic ?? []), ...(names.female ?? []), ...(names.male ?? [])])];
}
