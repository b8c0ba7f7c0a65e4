import type { Category } from './categories.ts';

/** A box of the diagram. */
export interface DiagramNode {
  /** Address of the resource (`aws_db_instance.shop_writer`); a name with a colon for a node of several or none. */
  readonly id: string;
  readonly title: string;
  /** Further lines: name, class, size. */
  readonly details: readonly string[];
  readonly category: Category;
  /** Id of the node that this one lies in. */
  readonly parent: string | undefined;
  /** Paths of the constructs that it shows. */
  readonly paths: readonly string[];
}

/** An arrow of the diagram, between two nodes by their ids. */
export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** What is where, and what talks to what. A parent comes before what lies in it. */
export interface Diagram {
  readonly title: string;
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
}
