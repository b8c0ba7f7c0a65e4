export { architectureDiagram } from './architecture-diagram.ts';
export type { Category } from './categories.ts';
export type { Diagram, DiagramEdge, DiagramNode } from './diagram.ts';
export {
  layoutDiagram,
  type PlacedDiagram,
  type PlacedEdge,
  type PlacedNode,
  type Point,
} from './layout-diagram.ts';
export { renderDrawio } from './render-drawio.ts';
export { renderSvg } from './render-svg.ts';
