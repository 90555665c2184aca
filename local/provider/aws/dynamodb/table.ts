import {
  type AttributeDefinition,
  type BillingMode,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type KeySchemaElement,
  type ProjectionType,
  type ScalarAttributeType,
  type StreamViewType,
  type TableClass,
  type TableDescription,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { block, blocks, flag, number, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { dynamodb } from "../clients";
import { found, unlessGone } from "../errors";
import { tagList } from "../tags";
import { type Backups, putBackups, putSettings, putTags, putTtl, type Ttl } from "./tableSettings";

interface Index {
  readonly name: string;
  readonly hashKey?: string;
  readonly rangeKey?: string;
  readonly projectionType: ProjectionType;
  readonly nonKeyAttributes?: readonly string[];
}

export const table = defineResource({
  type: "aws:dynamodb/table:Table",
  properties: {
    name: text({ replaces: true }),
    attributes: blocks<{ name: string; type: ScalarAttributeType }>()({ replaces: true }),
    hashKey: text({ required: true, replaces: true }),
    rangeKey: text({ replaces: true }),
    billingMode: text({ default: "PROVISIONED" }),
    readCapacity: number(),
    writeCapacity: number(),
    globalSecondaryIndexes: blocks<Index>()({ replaces: true }),
    localSecondaryIndexes: blocks<Index>()({ replaces: true }),
    streamEnabled: flag(),
    streamViewType: text(),
    serverSideEncryption: block<{ enabled: boolean; kmsKeyArn?: string }>()({ replaces: true }),
    pointInTimeRecovery: block<Backups>()(),
    ttl: block<Ttl>()(),
    tableClass: text(),
    deletionProtectionEnabled: flag(),
    onDemandThroughput: block<{ maxReadRequestUnits?: number; maxWriteRequestUnits?: number }>()({ replaces: true }),
    tags: tags(),
  },
  naming: { input: "name" },
  async create(inputs) {
    const name = inputs.name ?? "";
    await dynamodb().send(
      new CreateTableCommand({
        TableName: name,
        AttributeDefinitions: inputs.attributes?.map(
          ({ name: AttributeName, type }): AttributeDefinition => ({ AttributeName, AttributeType: type }),
        ),
        KeySchema: keys(inputs.hashKey, inputs.rangeKey),
        BillingMode: inputs.billingMode as BillingMode,
        ProvisionedThroughput:
          inputs.billingMode === "PAY_PER_REQUEST"
            ? undefined
            : { ReadCapacityUnits: inputs.readCapacity ?? 1, WriteCapacityUnits: inputs.writeCapacity ?? 1 },
        GlobalSecondaryIndexes: inputs.globalSecondaryIndexes?.map((index) => asIndex(index, index.hashKey)),
        LocalSecondaryIndexes: inputs.localSecondaryIndexes?.map((index) => asIndex(index, inputs.hashKey)),
        StreamSpecification: inputs.streamEnabled
          ? { StreamEnabled: true, StreamViewType: inputs.streamViewType as StreamViewType }
          : undefined,
        SSESpecification: inputs.serverSideEncryption?.enabled
          ? { Enabled: true, SSEType: "KMS", KMSMasterKeyId: inputs.serverSideEncryption.kmsKeyArn }
          : undefined,
        TableClass: inputs.tableClass as TableClass | undefined,
        DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
        OnDemandThroughput: inputs.onDemandThroughput && {
          MaxReadRequestUnits: inputs.onDemandThroughput.maxReadRequestUnits,
          MaxWriteRequestUnits: inputs.onDemandThroughput.maxWriteRequestUnits,
        },
        Tags: tagList(inputs.tags),
      }),
    );
    await waitUntilTableExists({ client: dynamodb(), maxWaitTime: 60, minDelay: 1 }, { TableName: name });
    await putBackups(name, undefined, inputs.pointInTimeRecovery);
    await putTtl(name, undefined, inputs.ttl);
    return { id: name, outputs: { ...outputsOf(await describe(name)), tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => describe(id));
    return seen && { ...outputsOf(seen), name: id };
  },
  async update(id, inputs, state) {
    await putSettings(id, inputs, state);
    await putBackups(id, state.pointInTimeRecovery, inputs.pointInTimeRecovery);
    await putTtl(id, state.ttl, inputs.ttl);
    const seen = await describe(id);
    await putTags(seen?.TableArn ?? "", state.tags, inputs.tags);
    return { ...outputsOf(seen), tagsAll: inputs.tags ?? {} };
  },
  async delete(id) {
    await unlessGone(() => dynamodb().send(new DeleteTableCommand({ TableName: id })));
    await waitUntilTableNotExists({ client: dynamodb(), maxWaitTime: 60, minDelay: 1 }, { TableName: id });
  },
  lookUp: (id) => ({ name: id }),
});

async function describe(name: string): Promise<TableDescription | undefined> {
  return (await dynamodb().send(new DescribeTableCommand({ TableName: name }))).Table;
}

function outputsOf(seen: TableDescription | undefined) {
  return { arn: seen?.TableArn, streamArn: seen?.LatestStreamArn, streamLabel: seen?.LatestStreamLabel };
}

function keys(hash: string | undefined, range: string | undefined): KeySchemaElement[] {
  const elements: KeySchemaElement[] = [{ AttributeName: hash, KeyType: "HASH" }];
  if (range !== undefined) elements.push({ AttributeName: range, KeyType: "RANGE" });
  return elements;
}

function asIndex(index: Index, hashKey: string | undefined) {
  return {
    IndexName: index.name,
    KeySchema: keys(hashKey, index.rangeKey),
    Projection: {
      ProjectionType: index.projectionType,
      NonKeyAttributes: index.nonKeyAttributes && [...index.nonKeyAttributes],
    },
  };
}
