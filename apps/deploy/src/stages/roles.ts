import { stage } from '../declare-stage.ts';

/**
 * Gives the database on AWS its roles, as its administrator: before the first migration, and again at any time. They
 * log in with IAM tokens. A local environment has them from its start.
 */
export const roles = stage({
  name: 'roles',
  help: "give the database on AWS the roles of the shop's programs",
  details: 'They log in with IAM tokens.',
  job: 'database',
  title: 'Provisioning the roles',
  target: 'aws',
  run: async ({ environment }) => {
    const { provisionRoles } = await import('@ecommerce-dms/entities/roles');
    const { administratorUrl } = await import('../aws/administrator-url.ts');
    const { database, created } = await provisionRoles({ adminUrl: await administratorUrl(environment) });
    return {
      summary: created.length === 0 ? 'all there' : `created ${created.join(', ')}`,
      result: {
        database,
        /** Those that did not exist before. */
        created,
      },
    };
  },
});
