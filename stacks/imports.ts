/** The imports of full exports of a stack. */
import type * as pulumi from "@pulumi/pulumi";
import { ExportDeltaImport } from "../components/export-delta-import/exportDeltaImport";
import type { ImportSettings, StackConfig } from "./schema";

export interface ImportOutputs {
  /** Where exports are uploaded, as `TENANT/TABLE/EXPORT_VERSION/FILENAME.gz`. */
  readonly exportsBucketName: pulumi.Output<string>;
  readonly targetTableName: pulumi.Output<string>;
  readonly registryTableName: pulumi.Output<string>;
  readonly lockTableName: pulumi.Output<string>;
  readonly workBucketName: pulumi.Output<string>;
  readonly streamName: pulumi.Output<string>;
  readonly stateMachineArn: pulumi.Output<string>;
  readonly databaseName: pulumi.Output<string>;
  readonly applyFunctionName: pulumi.Output<string>;
  readonly applyFailuresUrl: pulumi.Output<string>;
  readonly registerDlqUrl: pulumi.Output<string>;
  readonly alarmTopicArn: pulumi.Output<string>;
}

export function imports(config: StackConfig, settings: ImportSettings): ImportOutputs {
  const made = new ExportDeltaImport("imports", {
    ...settings,
    alarmTopicArn: config.alarmTopicArn,
    logRetentionDays: config.logRetentionDays,
    bucketNameSuffix: config.bucketNameSuffix,
    allowDestroy: config.allowDestroy,
  });
  const { exportsBucketName, targetTableName, registryTableName, lockTableName, workBucketName } = made;
  const { streamName, stateMachineArn, databaseName, applyFunctionName, applyFailuresUrl } = made;
  return {
    ...{ exportsBucketName, targetTableName, registryTableName, lockTableName, workBucketName },
    ...{ streamName, stateMachineArn, databaseName, applyFunctionName, applyFailuresUrl },
    ...{ registerDlqUrl: made.registerDlqUrl, alarmTopicArn: made.alarmTopicArn },
  };
}
