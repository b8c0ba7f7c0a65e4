-- The database of the first example of the README.
CREATE TABLE sales_order (
  id serial PRIMARY KEY,
  subtotal int NOT NULL,
  total int NOT NULL CHECK (total >= 0),
  placed_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL
);
CREATE TABLE order_line (
  id serial PRIMARY KEY,
  order_id int NOT NULL,
  total int NOT NULL,
  CONSTRAINT order_line_order_id_foreign FOREIGN KEY (order_id) REFERENCES sales_order
);
CREATE INDEX order_line_order_id_index ON order_line (order_id);
INSERT INTO sales_order (subtotal, total, placed_at, due_at) SELECT 10, 10, now(), now() FROM generate_series(1, 100);
INSERT INTO order_line (order_id, total) SELECT id, 10 FROM sales_order;
