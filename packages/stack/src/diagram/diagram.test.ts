import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { StackDraft } from '../../test/edit-stack.ts';
import { recordedStack } from '../../test/recorded-stack.ts';
import { StackModel } from '../model/stack-model.ts';
import {
  architectureDiagram,
  type Diagram,
  layoutDiagram,
  type PlacedDiagram,
  type PlacedNode,
  renderDrawio,
  renderSvg,
} from './index.ts';
import { hiddenTypes } from './shown-types.ts';

const names = ['development', 'test', 'staging', 'production'] as const;
const production = recordedStack('production');

test.each(names)('every resource of %s is drawn, or is of a hidden type', (preset) => {
  const json = recordedStack(preset);
  const { nodes } = architectureDiagram(json, preset);
  const drawn = new Set(nodes.flatMap(({ paths }) => paths));
  const missing = new StackModel(json).resources
    .filter(({ type }) => !hiddenTypes.some((hidden) => hidden.test(type)))
    // A security group is drawn as what is in it.
    .filter(({ type, path }) => type !== 'aws_security_group' && !drawn.has(path ?? ''));
  expect(missing).toEqual([]);
  expect(nodes.filter(({ category, id }) => category === 'other' && !id.startsWith('region:'))).toEqual([]);
});

test('production shows where the databases are and what connects to them', () => {
  const { nodes, edges } = architectureDiagram(production, 'production');
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  const places = nodes.map(({ title, parent }) => `${title} in ${titles.get(parent ?? '')}`);
  const ways = edges.map(({ from, to, label }) => `${titles.get(from)} -${label}-> ${titles.get(to)}`);
  expect(places).toEqual(
    expect.arrayContaining([
      'Writer in database subnets',
      'Read replica in database subnets',
      'NAT gateways: 3 in public subnets',
      'private subnets in VPC shop-production',
      'Customer key in Security',
    ]),
  );
  expect(ways).toEqual(
    expect.arrayContaining([
      'Writer -replicates-> Read replica',
      'private subnets -way out-> NAT gateways: 3',
      'Writer -events-> Alert topic',
      'Bastion -port 15432-> Writer',
      'Password rotation -port 15432-> Writer',
    ]),
  );
  expect(nodes.find(({ title }) => title.startsWith('VPC endpoints'))?.details).toEqual(['s3']);
});

test('an unknown type is drawn by its own name, in the region of its provider', () => {
  const draft = new StackDraft(production);
  draft.add('aws_quantum_ledger', { name: 'new', provider: 'aws.far' });
  const provider = { aws: [...(draft.json.provider?.['aws'] ?? []), { alias: 'far', region: 'eu-north-1' }] };
  const { nodes } = architectureDiagram({ ...draft.json, provider }, 'production');
  const ledger = nodes.find(({ title }) => title === 'quantum ledger');
  const other = nodes.find(({ id }) => id === ledger?.parent);
  expect(nodes.find(({ id }) => id === other?.parent)?.title).toBe('AWS eu-north-1');
});

test('without a stack there is no diagram', () => {
  expect(() => architectureDiagram({}, 'nothing')).toThrow(/no stack to check/);
});

test('a stack of a single database has a diagram', async () => {
  const json = {
    resource: {
      aws_db_instance: { shop: { identifier: 'a<b&"c"', engine: 'postgres', db_subnet_group_name: 'given' } },
    },
  };
  const svg = renderSvg(await layoutDiagram(architectureDiagram(json, 'a < b')));
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(svg).toContain('a&lt;b&amp;&quot;c&quot;');
});

test.each(names)('in %s boxes lie in their parents, and beside each other', async (preset) => {
  const { nodes } = await layoutDiagram(architectureDiagram(recordedStack(preset), preset));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) {
    const parent = byId.get(node.parent ?? '') ?? node;
    expect(contains(parent, node), `${node.id} in ${parent.id}`).toBe(true);
    const siblings = nodes.filter((other) => other !== node && other.parent === node.parent);
    for (const sibling of siblings) expect(overlap(node, sibling), `${node.id}, ${sibling.id}`).toBe(false);
  }
});

test('arrows end at their boxes, and the same stack gives the same picture', async () => {
  const diagram = architectureDiagram(production, 'production');
  const placed = await layoutDiagram(diagram);
  const byId = new Map(placed.nodes.map((node) => [node.id, node]));
  for (const { from, to, points } of placed.edges) {
    expect(distance(byId.get(from), points[0])).toBeLessThanOrEqual(1);
    expect(distance(byId.get(to), points.at(-1))).toBeLessThanOrEqual(1);
  }
  const again = await layoutDiagram(architectureDiagram(recordedStack('production'), 'production'));
  expect(again).toEqual(placed);
});

test('both files are XML with every box and arrow', async () => {
  const diagram: Diagram = architectureDiagram(production, 'production');
  const placed: PlacedDiagram = await layoutDiagram(diagram);
  const svg = renderSvg(placed);
  expect(XMLValidator.validate(svg)).toBe(true);
  for (const { title } of diagram.nodes) expect(svg).toContain(`>${title}</text>`);

  const drawio = renderDrawio(placed);
  expect(XMLValidator.validate(drawio)).toBe(true);
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
  const cells: { id: string; parent?: string; source?: string; target?: string }[] =
    parser.parse(drawio).mxfile.diagram.mxGraphModel.root.mxCell;
  const ids = new Set(cells.map(({ id }) => id));
  expect(ids.size).toBe(2 + diagram.nodes.length + diagram.edges.length);
  const ends = cells.flatMap(({ parent, source, target }) =>
    [parent ?? [], source ?? [], target ?? []].flat(),
  );
  expect(ends.filter((end) => !ids.has(end))).toEqual([]);
});

function contains(outer: PlacedNode, inner: PlacedNode): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width + 1 &&
    inner.y + inner.height <= outer.y + outer.height + 1
  );
}

function overlap(a: PlacedNode, b: PlacedNode): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** How far a point is from the edge of a box. */
function distance(box: PlacedNode | undefined, point: { x: number; y: number } | undefined): number {
  if (box === undefined || point === undefined) return Infinity;
  const dx = Math.min(Math.abs(point.x - box.x), Math.abs(point.x - box.x - box.width));
  const dy = Math.min(Math.abs(point.y - box.y), Math.abs(point.y - box.y - box.height));
  return Math.min(dx, dy);
}
