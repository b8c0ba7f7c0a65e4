import { architectureDiagram, layoutDiagram, renderDrawio, renderSvg } from '@ecommerce-dms/stack/diagram';
import { synthesizeEnvironment } from '../aws/environment-stack.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';

/** The architecture of an environment's AWS stack, as file names and their contents. */
export async function architectureFiles(
  environment: LoadedEnvironment,
): Promise<[name: string, content: string][]> {
  const { json } = synthesizeEnvironment(environment);
  const placed = await layoutDiagram(architectureDiagram(json, `Architecture of ${environment.name}`));
  return [
    [`architecture-${environment.name}.svg`, renderSvg(placed)],
    [`architecture-${environment.name}.drawio`, renderDrawio(placed)],
  ];
}
