import { defineConfig } from '@ecommerce-dms/deploy';

export default defineConfig({
  environments: {
    local: { target: 'local' },
    test: { target: 'aws', aws: { preset: 'test' } },
    staging: { target: 'aws', aws: { preset: 'staging' } },
    production: { target: 'aws', aws: { preset: 'production' } },
  },
});
