/** What of a table changes by calls of its own. */
import { isDeepStrictEqual } from "node:util";
import {
  type BillingMode,
  type StreamViewType,
  type TableClass,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../clients";
import { droppedTags, tagList } from "../tags";

export interface Backups {
  readonly enabled: boolean;
  readonly recoveryPeriodInDays?: number;
}

export interface Ttl {
  readonly enabled?: boolean;
  readonly attributeName?: string;
}

interface Settings {
  readonly billingMode?: string;
  readonly readCapacity?: number;
  readonly writeCapacity?: number;
  readonly streamEnabled?: boolean;
  readonly streamViewType?: string;
  readonly tableClass?: string;
  readonly deletionProtectionEnabled?: boolean;
}

/** One UpdateTable for what changed; AWS refuses one that changes nothing. */
export async function putSettings(name: string, after: Settings, before: Settings): Promise<void> {
  const changed = (...keys: (keyof Settings)[]) => keys.some((key) => !isDeepStrictEqual(after[key], before[key]));
  const capacity = changed("billingMode", "readCapacity", "writeCapacity");
  const stream = changed("streamEnabled", "streamViewType");
  const rest = changed("tableClass", "deletionProtectionEnabled");
  if (!capacity && !stream && !rest) return;
  await dynamodb().send(
    new UpdateTableCommand({
      TableName: name,
      BillingMode: capacity ? (after.billingMode as BillingMode) : undefined,
      ProvisionedThroughput:
        capacity && after.billingMode !== "PAY_PER_REQUEST"
          ? { ReadCapacityUnits: after.readCapacity ?? 1, WriteCapacityUnits: after.writeCapacity ?? 1 }
          : undefined,
      StreamSpecification: stream
        ? {
            StreamEnabled: after.streamEnabled ?? false,
            StreamViewType: after.streamEnabled ? (after.streamViewType as StreamViewType) : undefined,
          }
        : undefined,
      TableClass: rest ? (after.tableClass as TableClass | undefined) : undefined,
      DeletionProtectionEnabled: rest ? after.deletionProtectionEnabled : undefined,
    }),
  );
  await waitUntilTableExists({ client: dynamodb(), maxWaitTime: 60, minDelay: 1 }, { TableName: name });
}

export async function putBackups(name: string, before: Backups | undefined, after: Backups | undefined): Promise<void> {
  if (isDeepStrictEqual(before, after) || (before === undefined && after?.enabled === false)) return;
  await dynamodb().send(
    new UpdateContinuousBackupsCommand({
      TableName: name,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: after?.enabled ?? false,
        RecoveryPeriodInDays: after?.recoveryPeriodInDays,
      },
    }),
  );
}

export async function putTtl(name: string, before: Ttl | undefined, after: Ttl | undefined): Promise<void> {
  const on = (ttl: Ttl | undefined) => ttl?.enabled === true;
  if (isDeepStrictEqual(before, after) || (!on(before) && !on(after))) return;
  await dynamodb().send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: {
        Enabled: on(after),
        AttributeName: after?.attributeName ?? before?.attributeName ?? "",
      },
    }),
  );
}

type Tags = Readonly<Record<string, string>> | undefined;

export async function putTags(arn: string, before: Tags, after: Tags): Promise<void> {
  if (isDeepStrictEqual(before, after)) return;
  const dropped = droppedTags(before, after);
  if (dropped.length > 0) await dynamodb().send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: dropped }));
  if (after) await dynamodb().send(new TagResourceCommand({ ResourceArn: arn, Tags: tagList(after) }));
}
