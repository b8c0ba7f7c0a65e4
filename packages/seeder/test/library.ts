import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { query } from './query.ts';
import { readCatalog } from './read-catalog.ts';
import { definePlan, permutation, type Value, zipfChoice } from '../src/index.ts';

/** A small schema with what a load has to put back: composite keys, a cycle of keys, triggers, many kinds of index. */
const SCHEMA = `
  CREATE EXTENSION btree_gist;
  DO $$ BEGIN CREATE ROLE librarian LOGIN PASSWORD 'secret'; EXCEPTION WHEN duplicate_object THEN END $$;
  GRANT CREATE ON SCHEMA public TO librarian;
  SET ROLE librarian;
  CREATE TYPE genre AS ENUM ('novel', 'poetry', 'science');
  CREATE DOMAIN isbn AS text CHECK (VALUE ~ '^[0-9]{13}$');
  CREATE TABLE author (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    born date,
    best_book bigint,
    settings jsonb NOT NULL DEFAULT '{}',
    avatar bytea,
    created_at timestamptz NOT NULL
  );
  CREATE UNIQUE INDEX author_email_key ON author (lower(email));
  CREATE TABLE book (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id uuid NOT NULL REFERENCES author (id),
    isbn isbn NOT NULL UNIQUE,
    title varchar(80) NOT NULL,
    kind genre NOT NULL,
    price numeric(12, 2) NOT NULL CHECK (price >= 0),
    tags text[] NOT NULL,
    search tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED
  ) WITH (fillfactor = 90);
  CREATE INDEX book_search_idx ON book USING gin (search);
  CREATE INDEX book_author_idx ON book (author_id) INCLUDE (price) WHERE price > 0;
  ALTER TABLE author ADD CONSTRAINT author_best_book_fkey FOREIGN KEY (best_book) REFERENCES book (id)
    DEFERRABLE INITIALLY DEFERRED;
  COMMENT ON CONSTRAINT author_best_book_fkey ON author IS 'closes the cycle';
  CREATE TABLE loan (
    book_id bigint NOT NULL,
    line int NOT NULL,
    during tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(from_at, to_at)) STORED,
    from_at timestamptz NOT NULL,
    to_at timestamptz NOT NULL,
    PRIMARY KEY (book_id, line),
    CONSTRAINT loan_book_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
    CONSTRAINT loan_no_overlap EXCLUDE USING gist (book_id WITH =, during WITH &&)
  );
  CREATE TABLE fine (
    book_id bigint NOT NULL,
    line int NOT NULL,
    cents bigint NOT NULL,
    CONSTRAINT fine_loan_fkey FOREIGN KEY (book_id, line) REFERENCES loan (book_id, line)
  );
  CREATE TABLE ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book_id bigint REFERENCES book (id),
    note text NOT NULL
  );
  CREATE TABLE visit (id bigint, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE visit_2025 PARTITION OF visit FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  INSERT INTO ledger (note) VALUES ('here before');
  -- Not of the plan, yet it points to a table of the plan.
  CREATE TABLE review (id int PRIMARY KEY, book_id bigint REFERENCES book (id));
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the trigger fired'; END $$;
  CREATE TRIGGER book_guard BEFORE INSERT ON book FOR EACH ROW EXECUTE FUNCTION refuse();
  CREATE TRIGGER book_always BEFORE INSERT ON book FOR EACH ROW EXECUTE FUNCTION refuse();
  ALTER TABLE book ENABLE ALWAYS TRIGGER book_always;
  CREATE TRIGGER visit_guard BEFORE INSERT OR DELETE ON visit FOR EACH ROW EXECUTE FUNCTION refuse();
  CREATE TRIGGER visit_kept BEFORE TRUNCATE ON visit EXECUTE FUNCTION refuse();
  CREATE TRIGGER kept BEFORE TRUNCATE ON visit_2025 EXECUTE FUNCTION refuse();
  CREATE TRIGGER book_off BEFORE UPDATE ON book FOR EACH ROW EXECUTE FUNCTION refuse();
  ALTER TABLE book DISABLE TRIGGER book_off;
`;

/** A database with the library's tables: its URL for their owner, who is no superuser, and for one; its catalog. */
export async function createLibrary() {
  const { url: adminUrl, drop } = await createTestDatabase({
    template: { name: 'seeder_library', prepare: async (url) => void (await query(url, SCHEMA)) },
  });
  const url = Object.assign(new URL(adminUrl), { username: 'librarian', password: 'secret' }).href;
  return { url, adminUrl, drop, catalog: await readCatalog(url) };
}

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2025, 0, 1);
const BOOKS_A_FAMILY = 4;

/** Authors with 1 to 4 books each, loans, fines and ledger entries. */
export function libraryPlan(options: { authors: number; breakBook?: (id: number) => Record<string, Value> }) {
  return definePlan({
    name: 'library',
    version: 1,
    tables: {
      author: ['id', 'email', 'born', 'best_book', 'settings', 'avatar', 'created_at'],
      book: ['id', 'author_id', 'isbn', 'title', 'kind', 'price', 'tags'],
      loan: ['book_id', 'line', 'from_at', 'to_at'],
      fine: ['book_id', 'line', 'cents'],
      ledger: ['id', 'book_id', 'note'],
      visit: ['id', 'at'],
    },
    appendsTo: ['ledger'],
    async prepare(client, random) {
      const { rows } = await client.query<{ last: number }>(
        'SELECT coalesce(max(id), 0)::float8 AS last FROM ledger',
      );
      const isbn = permutation(random.key('isbn'), options.authors * BOOKS_A_FAMILY);
      return { random, isbn, lastEntry: rows[0]?.last ?? 0, popularity: zipfChoice(3) };
    },
    families: [
      {
        name: 'author',
        count: () => options.authors,
        generate(index, emit, { random, isbn, lastEntry, popularity }) {
          const draw = random.draw('author', index);
          const createdAt = START_MS + index * 1000;
          const id = draw.uuid7(createdAt);
          emit.visit({ id: index, at: createdAt });
          const books = draw.int(1, BOOKS_A_FAMILY);
          const firstBook = index * BOOKS_A_FAMILY + 1;
          emit.author({
            id,
            email: `author.${index}@example.com`,
            born: draw.chance(0.2) ? null : new Date(draw.int(-20_000, 10_000) * DAY_MS),
            best_book: firstBook,
            settings: { newsletter: draw.chance(0.5), note: 'naïve “quotes” 😀' },
            avatar: draw.chance(0.5) ? null : Uint8Array.of(0, 255, index & 255),
            created_at: createdAt,
          });
          for (let k = 0; k < books; k++) {
            const book = firstBook + k;
            emit.book({
              id: book,
              author_id: id,
              isbn: String(9_780_000_000_000 + isbn(book - 1)),
              title: `Book ${book} of ${draw.pick(['love', 'war', 'Größe'])}`,
              kind: draw.pick(['novel', 'poetry', 'science']),
              price: (draw.int(0, 9999) / 100).toFixed(2),
              tags: draw.chance(0.3) ? [] : ['new', 'it\'s "it"', null],
              ...options.breakBook?.(book),
            });
            for (let line = 1; line <= popularity.draw(draw); line++) {
              emit.loan({
                book_id: book,
                line,
                from_at: START_MS + line * DAY_MS,
                to_at: START_MS + (line + 1) * DAY_MS,
              });
              if (draw.chance(0.1)) emit.fine({ book_id: book, line, cents: 250 });
            }
            emit.ledger({ id: lastEntry + book, book_id: book, note: 'bought' });
          }
        },
      },
    ],
    async finish(client) {
      await client.query(`SELECT setval(pg_get_serial_sequence('book', 'id'), (SELECT max(id) FROM book)),
                                 setval(pg_get_serial_sequence('ledger', 'id'), (SELECT max(id) FROM ledger))`);
    },
  });
}
