import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  AllocateAddressCommand,
  CreateNatGatewayCommand,
  CreateVolumeCommand,
  DeleteNatGatewayCommand,
  DeleteVolumeCommand,
  DescribeSubnetsCommand,
  EC2Client,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';

/** Clients of the emulator, and what they put into the account or take out of it behind Terraform's back. */
export class Strays {
  readonly #rds: RDSClient;
  readonly #ec2: EC2Client;
  readonly #logs: CloudWatchLogsClient;
  #removals: (() => Promise<unknown>)[] = [];

  constructor(endpoint: string) {
    const credentials = { accessKeyId: 'emulated', secretAccessKey: 'emulated' };
    const options = { endpoint, region: 'eu-west-1', credentials };
    this.#rds = new RDSClient(options);
    this.#ec2 = new EC2Client(options);
    this.#logs = new CloudWatchLogsClient(options);
  }

  async addDatabase(identifier: string, stack: string): Promise<void> {
    await this.#rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: identifier,
        DBInstanceClass: 'db.t4g.small',
        Engine: 'postgres',
        AllocatedStorage: 20,
        MasterUsername: 'dba',
        MasterUserPassword: 'emulated-password',
        Tags: stackTag(stack),
      }),
    );
    this.#removals.push(() =>
      this.#rds.send(
        new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier, SkipFinalSnapshot: true }),
      ),
    );
  }

  async addSnapshot(identifier: string, database: string, stack: string): Promise<void> {
    await this.#rds.send(
      new CreateDBSnapshotCommand({
        DBInstanceIdentifier: database,
        DBSnapshotIdentifier: identifier,
        Tags: stackTag(stack),
      }),
    );
  }

  async addAddress(stack: string): Promise<string> {
    const { AllocationId = '' } = await this.#ec2.send(
      new AllocateAddressCommand({
        Domain: 'vpc',
        TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: stackTag(stack) }],
      }),
    );
    this.#removals.push(() => this.#ec2.send(new ReleaseAddressCommand({ AllocationId })));
    return AllocationId;
  }

  async addNatGateway(stack: string): Promise<string> {
    const { Subnets = [] } = await this.#ec2.send(new DescribeSubnetsCommand({}));
    const { NatGateway } = await this.#ec2.send(
      new CreateNatGatewayCommand({
        ConnectivityType: 'private',
        SubnetId: Subnets[0]?.SubnetId,
        TagSpecifications: [{ ResourceType: 'natgateway', Tags: stackTag(stack) }],
      }),
    );
    const { NatGatewayId = '' } = NatGateway ?? {};
    this.#removals.push(() => this.#ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })));
    return NatGatewayId;
  }

  /** Known by its name alone. */
  async addVolume(name: string): Promise<string> {
    const { VolumeId = '' } = await this.#ec2.send(
      new CreateVolumeCommand({
        AvailabilityZone: 'eu-west-1a',
        Size: 8,
        TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'Name', Value: name }] }],
      }),
    );
    this.#removals.push(() => this.#ec2.send(new DeleteVolumeCommand({ VolumeId })));
    return VolumeId;
  }

  /** As RDS makes it anew: without a tag. */
  async addLogGroup(logGroupName: string): Promise<void> {
    await this.#logs.send(new CreateLogGroupCommand({ logGroupName }));
    this.#removals.push(() => this.#logs.send(new DeleteLogGroupCommand({ logGroupName })));
  }

  /** Takes all of it out again, with the snapshots of every database. */
  async remove(): Promise<void> {
    for (const removal of this.#removals.splice(0)) await removal();
    const { DBSnapshots = [] } = await this.#rds.send(new DescribeDBSnapshotsCommand({}));
    for (const { DBSnapshotIdentifier } of DBSnapshots) {
      await this.#rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier }));
    }
  }
}

function stackTag(stack: string): { Key: string; Value: string }[] {
  return [{ Key: 'Stack', Value: stack }];
}
