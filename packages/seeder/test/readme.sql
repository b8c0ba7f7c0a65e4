-- The database of the first example of the README.
CREATE TABLE customer (id uuid PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE);
CREATE TABLE orders (id uuid PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customer, cents bigint NOT NULL);
