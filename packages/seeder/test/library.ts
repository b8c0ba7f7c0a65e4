import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { query } from './query.ts';
import { readCatalog } from './read-catalog.ts';
import { definePlan, permutation, type Value, zipfChoice } from '../src/index.ts';

/** A small schema with what a load has to put back: composite keys, a cycle of keys, triggers, many kinds of index. */
const schema = `
  create extension btree_gist;
  do $$ begin create role librarian login password 'secret'; exception when duplicate_object then end $$;
  grant create on schema public to librarian;
  set role librarian;
  create type genre as enum ('novel', 'poetry', 'science');
  create domain isbn as text check (value ~ '^[0-9]{13}$');
  create table author (
    id uuid primary key,
    email text not null,
    born date,
    best_book bigint,
    settings jsonb not null default '{}',
    avatar bytea,
    created_at timestamptz not null
  );
  create unique index author_email_key on author (lower(email));
  create table book (
    id bigint generated always as identity primary key,
    author_id uuid not null references author (id),
    isbn isbn not null unique,
    title varchar(80) not null,
    kind genre not null,
    price numeric(12, 2) not null check (price >= 0),
    tags text[] not null,
    search tsvector generated always as (to_tsvector('simple', title)) stored
  ) with (fillfactor = 90);
  create index book_search_idx on book using gin (search);
  create index book_author_idx on book (author_id) include (price) where price > 0;
  alter table author add constraint author_best_book_fkey foreign key (best_book) references book (id)
    deferrable initially deferred;
  comment on constraint author_best_book_fkey on author is 'closes the cycle';
  create table loan (
    book_id bigint not null,
    line int not null,
    during tstzrange not null generated always as (tstzrange(from_at, to_at)) stored,
    from_at timestamptz not null,
    to_at timestamptz not null,
    primary key (book_id, line),
    constraint loan_book_fkey foreign key (book_id) references book (id) on delete cascade,
    constraint loan_no_overlap exclude using gist (book_id with =, during with &&)
  );
  create table fine (
    book_id bigint not null,
    line int not null,
    cents bigint not null,
    constraint fine_loan_fkey foreign key (book_id, line) references loan (book_id, line)
  );
  create table ledger (
    id bigint generated always as identity primary key,
    book_id bigint references book (id),
    note text not null
  );
  create table visit (id bigint, at timestamptz, primary key (id, at)) partition by range (at);
  create table visit_2025 partition of visit for values from ('2025-01-01') to ('2026-01-01');
  insert into ledger (note) values ('here before');
  -- Not of the plan, yet it points to a table of the plan.
  create table review (id int primary key, book_id bigint references book (id));
  create function refuse() returns trigger language plpgsql as $$ begin RAISE 'the trigger fired'; end $$;
  create trigger book_guard before insert on book for each row execute function refuse();
  create trigger book_always before insert on book for each row execute function refuse();
  alter table book enable always trigger book_always;
  create trigger visit_guard before insert or delete on visit for each row execute function refuse();
  create trigger visit_kept before truncate on visit execute function refuse();
  create trigger kept before truncate on visit_2025 execute function refuse();
  create trigger book_off before update on book for each row execute function refuse();
  alter table book disable trigger book_off;
`;

/** A database with the library's tables: its URL for their owner, who is no superuser, and for one; its catalog. */
export async function createLibrary() {
  const { url: adminUrl, drop } = await createTestDatabase({
    template: { name: 'seeder_library', prepare: async (url) => void (await query(url, schema)) },
  });
  const url = Object.assign(new URL(adminUrl), { username: 'librarian', password: 'secret' }).href;
  return { url, adminUrl, drop, catalog: await readCatalog(url) };
}

const dayMs = 86_400_000;
const startMs = Date.UTC(2025, 0, 1);
const booksAFamily = 4;

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
        'select coalesce(max(id), 0)::float8 as last from ledger',
      );
      const isbn = permutation(random.key('isbn'), options.authors * booksAFamily);
      return { random, isbn, lastEntry: rows[0]?.last ?? 0, popularity: zipfChoice(3) };
    },
    families: [
      {
        name: 'author',
        count: () => options.authors,
        generate(index, emit, { random, isbn, lastEntry, popularity }) {
          const draw = random.draw('author', index);
          const createdAt = startMs + index * 1000;
          const id = draw.uuid7(createdAt);
          emit.visit({ id: index, at: createdAt });
          const books = draw.int(1, booksAFamily);
          const firstBook = index * booksAFamily + 1;
          emit.author({
            id,
            email: `author.${index}@example.com`,
            born: draw.chance(0.2) ? null : new Date(draw.int(-20_000, 10_000) * dayMs),
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
                from_at: startMs + line * dayMs,
                to_at: startMs + (line + 1) * dayMs,
              });
              if (draw.chance(0.1)) emit.fine({ book_id: book, line, cents: 250 });
            }
            emit.ledger({ id: lastEntry + book, book_id: book, note: 'bought' });
          }
        },
      },
    ],
    async finish(client) {
      await client.query(`select setval(pg_get_serial_sequence('book', 'id'), (select max(id) from book)),
                                 setval(pg_get_serial_sequence('ledger', 'id'), (select max(id) from ledger))`);
    },
  });
}
