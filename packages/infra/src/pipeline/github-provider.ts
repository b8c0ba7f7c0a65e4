import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js';
import type { Construct } from 'constructs';

/** Where the tokens of GitHub's workflows come from. */
export const githubIssuer = 'token.actions.githubusercontent.com';

/** The audience that a token for AWS names. */
export const awsAudience = 'sts.amazonaws.com';

/** Lets AWS check the tokens of GitHub's workflows. An account can have only one such provider. */
export function githubProvider(scope: Construct, id: string): IamOpenidConnectProvider {
  // Without thumbprints: AWS trusts GitHub's certificates by its own list of authorities.
  return new IamOpenidConnectProvider(scope, id, {
    url: `https://${githubIssuer}`,
    clientIdList: [awsAudience],
  });
}
