import elkjs, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Diagram, DiagramEdge, DiagramNode } from './diagram.ts';

/** A place in the picture, in pixels from its top left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node with its place and its size, in pixels. */
export interface PlacedNode extends DiagramNode, Point {
  readonly width: number;
  readonly height: number;
  /** Whether other nodes lie in it. */
  readonly isGroup: boolean;
}

/** An arrow with its bends, and the place of its label. */
export interface PlacedEdge extends DiagramEdge {
  readonly points: readonly Point[];
  /** Top left corner of the label. */
  readonly labelAt: Point | undefined;
}

/** A diagram with the places of its nodes and arrows, and its size in pixels. */
export interface PlacedDiagram {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** A group comes before what lies in it. */
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const lineHeight = 16;
/** Average width of a letter at 12 px; text is not measured, so that every machine gives the same picture. */
const letterWidth = 6.6;
const padding = 12;

/**
 * Gives every node and arrow its place, by ELK's layered layout. The same diagram gives the same places.
 *
 * @example
 * ```ts
 * const { width, height } = await layoutDiagram(architectureDiagram(json, 'billing'));
 * ```
 */
export async function layoutDiagram(diagram: Diagram): Promise<PlacedDiagram> {
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.spacing.nodeNode': '24',
      'elk.layered.spacing.nodeNodeBetweenLayers': '48',
      'elk.json.edgeCoords': 'ROOT',
    },
    children: childrenOf(undefined, diagram),
    edges: diagram.edges.map(({ from, to, label }, index): ElkExtendedEdge => ({
      id: `edge-${index}`,
      sources: [from],
      targets: [to],
      labels: label === '' ? [] : [{ text: label, width: widthOf(label), height: lineHeight }],
    })),
  };
  const root: ElkNode = await new elkjs.default().layout(graph);
  return {
    title: diagram.title,
    width: Math.ceil(root.width ?? 0),
    height: Math.ceil(root.height ?? 0),
    nodes: placedNodes(root, { x: 0, y: 0 }, new Map(diagram.nodes.map((node) => [node.id, node]))),
    edges: diagram.edges.map((edge, index) => placedEdge(edge, root.edges?.[index])),
  };
}

function childrenOf(parent: string | undefined, diagram: Diagram): ElkNode[] {
  return diagram.nodes
    .filter((node) => node.parent === parent)
    .map((node): ElkNode => {
      const children = childrenOf(node.id, diagram);
      const head = linesOf(node).length * lineHeight + 2 * padding;
      const width = Math.max(120, ...linesOf(node).map(widthOf)) + 2 * padding;
      return {
        id: node.id,
        children,
        width,
        height: head,
        layoutOptions:
          children.length === 0
            ? {}
            : {
                'elk.padding': `[top=${head},left=${padding},bottom=${padding},right=${padding}]`,
                'elk.nodeSize.constraints': 'MINIMUM_SIZE',
                'elk.nodeSize.minimum': `(${width}, ${head})`,
              },
      };
    });
}

/** What is written in a node. */
export function linesOf({ title, details }: DiagramNode): string[] {
  return [title, ...details];
}

function widthOf(line: string): number {
  return Math.ceil(line.length * letterWidth);
}

function placedNodes(parent: ElkNode, origin: Point, nodes: ReadonlyMap<string, DiagramNode>): PlacedNode[] {
  return (parent.children ?? []).flatMap((child) => {
    const node = nodes.get(child.id);
    if (node === undefined) return [];
    const at = { x: origin.x + (child.x ?? 0), y: origin.y + (child.y ?? 0) };
    const placed: PlacedNode = {
      ...node,
      ...rounded(at),
      width: Math.round(child.width ?? 0),
      height: Math.round(child.height ?? 0),
      isGroup: (child.children ?? []).length > 0,
    };
    return [placed, ...placedNodes(child, at, nodes)];
  });
}

function placedEdge(edge: DiagramEdge, laid: ElkExtendedEdge | undefined): PlacedEdge {
  const [section] = laid?.sections ?? [];
  const [label] = laid?.labels ?? [];
  return {
    ...edge,
    points:
      section === undefined
        ? []
        : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(rounded),
    labelAt:
      label?.x === undefined || label.y === undefined ? undefined : rounded({ x: label.x, y: label.y }),
  };
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}
