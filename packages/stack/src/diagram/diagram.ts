/** What a node is for; it decides the colour. */
export type Category =
  | 'network'
  | 'compute'
  | 'database'
  | 'security'
  | 'monitoring'
  | 'backup'
  | 'storage'
  | 'other';

export interface DiagramNode {
  /** Address of the resource, `aws_db_instance.shop_writer`; for what stands for several or none, a name with a colon. */
  readonly id: string;
  readonly title: string;
  /** Further lines: name, class, size. */
  readonly details: readonly string[];
  readonly category: Category;
  /** Node that this one lies in. */
  readonly parent: string | undefined;
  /** Paths of the constructs that it stands for. */
  readonly paths: readonly string[];
}

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
