import { requireStack } from '../model/require-stack.ts';
import type { StackJson } from '../model/stack-json.ts';
import { object, type StackModel, type StackResource, text } from '../model/stack-model.ts';
import { categories, type Category } from './categories.ts';
import { connections } from './connections.ts';
import type { Diagram, DiagramEdge, DiagramNode } from './diagram.ts';
import { membersOf, tiersRoutedBy } from './members.ts';
import { constructOf, placeOf, resourcesIn, tierOf, vpcOf, zoneOf } from './placement.ts';
import { detailsOf, hiddenTypes, type ShownType, shownTypes } from './shown-types.ts';

/**
 * The architecture of a synthesized stack: VPC, subnets, databases, what watches and protects them, and what connects
 * them. Subnets are grouped by the construct that made them. The same stack gives the same diagram.
 *
 * @throws UserError `stack-empty`: the stack has neither a resource nor a module
 * @example
 * ```ts
 * const { nodes } = architectureDiagram(json, 'billing'); // json: of `synthesize`
 * console.log(nodes.map(({ title }) => title));
 * ```
 */
export function architectureDiagram(json: StackJson, title: string): Diagram {
  const stack = requireStack(json);
  const shown = stack.resources.filter((resource) => isShown(resource, stack));
  const boxes = Map.groupBy(shown, nodeIdOf);
  const content = [...boxes].map(([id, resources]) => contentNode(id, resources, stack));
  const inside = [...networkNodes(stack), ...categoryNodes(content), ...content];
  const nodes = [...regionNodes(inside), ...inside];
  return { title, nodes, edges: edgesOf(stack, new Set(nodes.map(({ id }) => id))) };
}

function isShown(resource: StackResource, stack: StackModel): boolean {
  if (hiddenTypes.some((type) => type.test(resource.type))) return false;
  // A security group stands for what is in it. One that nothing is in yet waits for clients, and is drawn itself.
  return resource.type !== 'aws_security_group' || membersOf(resource, stack).length === 0;
}

function nodeIdOf({ type, address }: StackResource): string {
  return shownTypes[type]?.merged === true ? `all:${type}` : address;
}

function node(parts: Partial<DiagramNode> & Pick<DiagramNode, 'id' | 'title'>): DiagramNode {
  return { details: [], category: 'network', parent: undefined, paths: [], ...parts };
}

function regionNodes(inside: readonly DiagramNode[]): DiagramNode[] {
  const ids = new Set(inside.flatMap(({ parent }) => (parent?.startsWith('region:') ? parent : [])));
  return [...ids].map((id) => node({ id, title: `AWS ${id.slice('region:'.length)}`, category: 'other' }));
}

function regionOf(resource: StackResource, stack: StackModel): string {
  return `region:${stack.regionOf(resource) ?? ''}`;
}

/** The VPCs, and in them a box for the subnets of each construct. */
function networkNodes(stack: StackModel): DiagramNode[] {
  const vpcs = stack.ofType('aws_vpc').map((vpc) =>
    node({
      id: vpc.address,
      title: `VPC ${text(object(vpc.config['tags'])?.['Name']) ?? ''}`.trim(),
      details: lines([text(vpc.config['cidr_block'])]),
      parent: regionOf(vpc, stack),
      paths: lines([vpc.path]),
    }),
  );
  const tiers = Map.groupBy(stack.ofType('aws_subnet'), tierOf);
  const tierNodes = [...tiers].map(([id, subnets]) => {
    const [first] = subnets as [StackResource];
    return node({
      id,
      title: `${constructOf(first).split('/').at(-1)} subnets`,
      details: subnets
        .map((subnet) => `${zoneOf(subnet)}  ${text(subnet.config['cidr_block']) ?? ''}`)
        .toSorted(),
      parent: vpcOf(first, stack)?.address ?? regionOf(first, stack),
      paths: lines(subnets.map(({ path }) => path)),
    });
  });
  return [...vpcs, ...tierNodes];
}

function categoryNodes(content: readonly DiagramNode[]): DiagramNode[] {
  const ids = new Set(content.flatMap(({ parent }) => (parent?.startsWith('category:') ? parent : [])));
  return [...ids].toSorted().map((id) => {
    const [, region, category] = id.split(':') as [string, string, Category];
    return node({ id, title: categories[category].title, category, parent: `region:${region}` });
  });
}

function contentNode(id: string, resources: readonly StackResource[], stack: StackModel): DiagramNode {
  const [first] = resources as [StackResource];
  const shown: ShownType = shownTypes[first.type] ?? {
    title: first.type.replace(/^aws_/, '').replaceAll('_', ' '),
    category: 'other',
  };
  const title = typeof shown.title === 'string' ? shown.title : shown.title(first.config);
  const places = resources.flatMap((resource) => placeOf(resource, stack) ?? []);
  const zones = places.flatMap((place) => place.zones);
  return node({
    id,
    title: shown.merged === true ? `${title}: ${resources.length}` : title,
    details: [...new Set([...lines(resources.flatMap(detailsOf)), ...zones])],
    category: shown.category,
    parent: places[0]?.node ?? `${regionOf(first, stack).replace('region:', 'category:')}:${shown.category}`,
    paths: lines(resources.map(({ path }) => path)),
  });
}

function edgesOf(stack: StackModel, ids: ReadonlySet<string>): DiagramEdge[] {
  const edges = connections.flatMap(({ type, from, to, label, reversed }) =>
    stack.ofType(type).flatMap((resource) => {
      const sources = from === undefined ? [resource] : resourcesIn(resource.config[from], stack);
      const targets = resourcesIn(resource.config[to], stack);
      const text = typeof label === 'string' ? label : label(resource.config);
      return endsOf(sources, stack).flatMap((source) =>
        endsOf(targets, stack).map((target): DiagramEdge =>
          reversed === true
            ? { from: target, to: source, label: text }
            : { from: source, to: target, label: text },
        ),
      );
    }),
  );
  const unique = new Map(edges.map((edge) => [`${edge.from} ${edge.to} ${edge.label}`, edge]));
  return [...unique.values()].filter(({ from, to }) => from !== to && ids.has(from) && ids.has(to));
}

/** The nodes that show resources, which are not all drawn themselves. */
function endsOf(resources: readonly StackResource[], stack: StackModel): string[] {
  return resources.flatMap((resource) => {
    if (resource.type === 'aws_route_table') return tiersRoutedBy(resource, stack);
    const members = resource.type === 'aws_security_group' ? membersOf(resource, stack) : [];
    return (members.length === 0 ? [resource] : members).map(nodeIdOf);
  });
}

function lines(values: readonly (string | undefined)[]): string[] {
  return values.flatMap((value) => (value === undefined || value === '' ? [] : value));
}
