import type { Figure, PriceQuality } from './price.ts';

/** Where a figure is from, of when, and how far that can be trusted. */
type Source = Omit<Figure, 'usd'>;

const of =
  (quality: PriceQuality) =>
  (source: string): Source => ({ source, quality });
const listed = of('price list');
export const bill = of('bill');
export const published = of('published');
export const derived = of('derived');
export const unverified = of('not verified');

/** AWS's own offer files for eu-west-1: docs/costs/aws-ireland-rates.json there has each figure with its SKU and file. */
export const cloudWatchOffers = listed(
  'AWS price list of 2026-09-22, copy in henderjm/world-cup-sweepstake on GitHub',
);
export const vpcOffers = listed(
  'AWS price list of 2026-09-17, copy in henderjm/world-cup-sweepstake on GitHub',
);
export const secretsOffers = listed(
  'AWS price list of 2026-09-11, copy in henderjm/world-cup-sweepstake on GitHub',
);
export const natOffers = listed('AWS price list, extract of 2026-09-25');

/** Old, but its figures of us-east-1 are those of April 2026. */
export const ec2instances = published(
  'AWS price list, copy in vantage-sh/ec2instances.info on GitHub (www/rds/instances.json), before April 2020 (it has no af-south-1)',
);

export const bill2026 = bill('Cost Explorer of an account in eu-west-1, July 2026');
export const instanceBill2026 = bill('Cost Explorer of an account in eu-west-1, 2026 (EU-InstanceUsage)');

export const infracost = published(
  'Infracost output in gordonmurray/terraform_aws_rds_postgres_atlas on GitHub, read November 2026',
);
export const infracostGoldens = published(
  "expected outputs in Infracost's own tests, us-east-1, read November 2026",
);
export const estimatorCopy = published(
  'open-source estimator, its copy of the AWS list, us-east-1, April 2026',
);
export const estimators = published('figures of public estimators with a source in the AWS price list, 2026');
export const priceApi2026 = published(
  'a public cost scanner, which notes what the Pricing API answered in June 2026',
);
export const priceAudit2026 = published(
  'a public audit of an account in eu-west-1 against the AWS price list of 2026-08-06',
);
export const rds2026 = published('usage.ai, RDS pricing calculator guide, June 2026');
export const cloudWatch2026 = published('factualminds.com, CloudWatch pricing, 2026-06-13');
/** AWS Backup asks as much for its snapshots of a database as RDS does for its own. */
export const rdsSnapshots = derived('the price of RDS snapshots, read November 2026');
