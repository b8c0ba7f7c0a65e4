import { categories } from './categories.ts';
import { escapeXml } from './escape-xml.ts';
import {
  lineHeight,
  linesOf,
  type PlacedDiagram,
  type PlacedEdge,
  type PlacedNode,
} from './layout-diagram.ts';

/**
 * A diagram as an SVG file, with the constructs' paths as tooltips.
 *
 * @example
 * ```ts
 * const svg = renderSvg(await layoutDiagram(architectureDiagram(json, 'billing')));
 * ```
 */
export function renderSvg({ title, width, height, nodes, edges }: PlacedDiagram): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#4a5568"/></marker></defs>',
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...nodes.map(box),
    ...edges.map(arrow),
    '</svg>',
    '',
  ].join('\n');
}

function box(node: PlacedNode): string {
  const { x, y, width, height, category, isGroup, paths } = node;
  const { stroke, fill } = categories[category];
  const tooltip = paths.length === 0 ? '' : `<title>${escapeXml(paths.join('\n'))}</title>`;
  const look = isGroup ? `fill="#ffffff" stroke-dasharray="5 4"` : `fill="${fill}"`;
  const text = linesOf(node).map(
    (line, index) =>
      `<text x="${x + 12}" y="${y + 24 + index * lineHeight}"${index === 0 ? ' font-weight="bold"' : ''} fill="#1a202c">${escapeXml(line)}</text>`,
  );
  return `<g>${tooltip}<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" stroke="${stroke}" ${look}/>${text.join('')}</g>`;
}

function arrow({ points, label, labelAt }: PlacedEdge): string {
  const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const text =
    labelAt === undefined
      ? ''
      : `<text x="${labelAt.x}" y="${labelAt.y + 12}" font-size="11" fill="#4a5568">${escapeXml(label)}</text>`;
  return `<path d="${path}" fill="none" stroke="#4a5568" marker-end="url(#arrow)"/>${text}`;
}
