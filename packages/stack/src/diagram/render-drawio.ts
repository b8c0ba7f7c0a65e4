import { categories } from './categories.ts';
import { escapeXml } from './escape-xml.ts';
import { linesOf, type PlacedDiagram, type PlacedEdge, type PlacedNode } from './layout-diagram.ts';

/**
 * A diagram as a draw.io file: boxes that lie in each other, and arrows that stay attached when they are moved.
 *
 * @example
 * ```ts
 * const file = renderDrawio(await layoutDiagram(architectureDiagram(json, 'billing')));
 * ```
 */
export function renderDrawio({ title, nodes, edges }: PlacedDiagram): string {
  const places = new Map(nodes.map((node) => [node.id, node]));
  return [
    '<mxfile>',
    `<diagram name="${escapeXml(title)}">`,
    '<mxGraphModel>',
    '<root>',
    '<mxCell id="0"/>',
    '<mxCell id="1" parent="0"/>',
    ...nodes.map((node) => cell(node, node.parent === undefined ? undefined : places.get(node.parent))),
    ...edges.map(arrow),
    '</root>',
    '</mxGraphModel>',
    '</diagram>',
    '</mxfile>',
    '',
  ].join('\n');
}

/** A place in draw.io counts from the parent's corner. */
function cell(node: PlacedNode, parent: PlacedNode | undefined): string {
  const { stroke, fill } = categories[node.category];
  const style = [
    'rounded=1;arcSize=6;absoluteArcSize=1;html=1;whiteSpace=wrap;align=left;verticalAlign=top;spacing=8',
    node.isGroup ? 'container=1;collapsible=0;dashed=1;fillColor=none' : `fillColor=${fill}`,
    `strokeColor=${stroke};fontColor=#1a202c`,
  ].join(';');
  const [head = '', ...details] = linesOf(node).map(escapeXml);
  // The value is HTML within XML: escaped twice.
  const value = escapeXml([`<b>${head}</b>`, ...details].join('<br>'));
  const x = node.x - (parent?.x ?? 0);
  const y = node.y - (parent?.y ?? 0);
  return `<mxCell id="${escapeXml(node.id)}" value="${value}" style="${style}" vertex="1" parent="${escapeXml(node.parent ?? '1')}"><mxGeometry x="${x}" y="${y}" width="${node.width}" height="${node.height}" as="geometry"/></mxCell>`;
}

function arrow({ from, to, label, points }: PlacedEdge, index: number): string {
  const bends = points
    .slice(1, -1)
    .map(({ x, y }) => `<mxPoint x="${x}" y="${y}"/>`)
    .join('');
  const geometry =
    bends === ''
      ? '<mxGeometry relative="1" as="geometry"/>'
      : `<mxGeometry relative="1" as="geometry"><Array as="points">${bends}</Array></mxGeometry>`;
  return `<mxCell id="edge-${index}" value="${escapeXml(label)}" style="edgeStyle=orthogonalEdgeStyle;rounded=0;html=1;strokeColor=#4a5568;fontColor=#4a5568;endArrow=block" edge="1" parent="1" source="${escapeXml(from)}" target="${escapeXml(to)}">${geometry}</mxCell>`;
}
