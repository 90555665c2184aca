import { randomUUID } from "node:crypto";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { executionCheck, starter } from "../../functions/export-delta-import/work/executions";
import { createS3Client, createSFNClient } from "../../functions/shared/aws/awsClients";
import { isNamed } from "../../functions/shared/retry";
import { parseFlags, StackOutputs, textFlags } from "../shared/commandLine";
import { findVersion, tableRegistry, VERSION_HELP, versionFlags, versionOptions } from "../shared/exportTable";
import { replay } from "./replay";

const HELP = `Usage: npx pulumi-data-pipelines delta-replay --tenant NAME --table NAME --version V --registry NAME
         --state-machine ARN [options]

Tries a version of an export again: one whose operations were on their way to the target, or that was imported last, is
published anew from its files; one that was refused or has failed before that is read and compared anew. Rows never go
back to an older version, however often it runs.

  --version V         the version
  --state-machine ARN the imports' state machine (output stateMachineArn)
  --work-bucket NAME  the bucket of the delta's files (output workBucketName)
  --dry-run           only says what would be done
${VERSION_HELP}

Needs dynamodb:Query, GetItem and PutItem on the registry, states:StartExecution and DescribeExecution, and s3:GetObject
on deltas/ of the work bucket.
Ends with 0 when it was started, 1 when there is nothing to do or AWS refuses, 2 when the arguments are wrong.`;

const flags = { ...versionFlags, ...textFlags("state-machine", "work-bucket") };

export async function run(args: readonly string[]): Promise<number> {
  const values = parseFlags(args, flags);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const outputs = new StackOutputs(values);
  const options = versionOptions(values, outputs);
  const machine = outputs.need("state-machine", values["state-machine"], outputs.get("stateMachineArn"));
  const bucket = values["work-bucket"] ?? outputs.get("workBucketName");
  const [s3, sfn, table] = [createS3Client(), createSFNClient(), tableRegistry(options)];
  const exists = async (Key: string): Promise<boolean> => {
    try {
      await s3.send(new HeadObjectCommand({ Bucket: String(bucket), Key }));
      return true;
    } catch (error) {
      if (isNamed(error, "NotFound") || isNamed(error, "NoSuchKey")) return false;
      throw error;
    }
  };
  const found = await findVersion(table, options.version);
  await replay(
    found,
    {
      table,
      isRunning: executionCheck(sfn),
      exists: bucket === undefined ? undefined : exists,
      start: () => starter(sfn, machine)(options, `replay-${randomUUID()}`),
      print: (line) => console.log(line),
    },
    values["dry-run"] ?? false,
  );
  return 0;
}
