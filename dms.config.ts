import { defineConfig } from '@ecommerce-dms/deploy';

// The repository names nobody: without ALERT_EMAILS (addresses, separated by commas) the policy refuses production.
const alertEmails = (process.env.ALERT_EMAILS ?? '').split(',').filter((address) => address !== '');

export default defineConfig({
  environments: {
    local: { target: 'local' },
    test: { target: 'aws', aws: { preset: 'test' } },
    staging: { target: 'aws', aws: { preset: 'staging' } },
    production: { target: 'aws', aws: { preset: 'production', alertEmails } },
  },
});
