import type { Price } from './price.ts';

/** Where figures are from, of when, and how far that can be trusted. A row whose figure has none of these is no row. */
type Source = Pick<Price, 'source' | 'quality'>;

/** AWS's own offer files for eu-west-1: docs/costs/aws-ireland-rates.json there has each figure with its SKU and file. */
export const cloudWatchOffers: Source = {
  source: 'AWS price list of 2026-09-22, copy in henderjm/world-cup-sweepstake on GitHub',
  quality: 'price list',
};
export const vpcOffers: Source = {
  source: 'AWS price list of 2026-09-17, copy in henderjm/world-cup-sweepstake on GitHub',
  quality: 'price list',
};
export const secretsOffers: Source = {
  source: 'AWS price list of 2026-09-11, copy in henderjm/world-cup-sweepstake on GitHub',
  quality: 'price list',
};
export const natOffers: Source = { source: 'AWS price list, extract of 2026-09-25', quality: 'price list' };

/** Old, but its figures of us-east-1 are those of April 2026. */
export const ec2instances: Source = {
  source:
    'AWS price list, copy in vantage-sh/ec2instances.info on GitHub (www/rds/instances.json), before April 2020 (it has no af-south-1)',
  quality: 'published',
};

export const bill2026: Source = {
  source: 'Cost Explorer of an account in eu-west-1, July 2026',
  quality: 'bill',
};
export const instanceBill2026: Source = {
  source: 'Cost Explorer of an account in eu-west-1, 2026 (EU-InstanceUsage)',
  quality: 'bill',
};

export const infracost: Source = {
  source: 'Infracost output in gordonmurray/terraform_aws_rds_postgres_atlas on GitHub, read November 2026',
  quality: 'published',
};
export const infracostGoldens: Source = {
  source: "expected outputs in Infracost's own tests, us-east-1, read November 2026",
  quality: 'published',
};
export const estimatorCopy: Source = {
  source: 'open-source estimator, its copy of the AWS list, us-east-1, April 2026',
  quality: 'published',
};
export const estimators: Source = {
  source: 'figures of public estimators with a source in the AWS price list, 2026',
  quality: 'published',
};
export const priceApi2026: Source = {
  source: 'a public cost scanner, which notes what the Pricing API answered in June 2026',
  quality: 'published',
};
export const priceAudit2026: Source = {
  source: 'a public audit of an account in eu-west-1 against the AWS price list of 2026-08-06',
  quality: 'published',
};
export const rds2026: Source = {
  source: 'usage.ai, RDS pricing calculator guide, June 2026',
  quality: 'published',
};
export const cloudWatch2026: Source = {
  source: 'factualminds.com, CloudWatch pricing, 2026-06-13',
  quality: 'published',
};
