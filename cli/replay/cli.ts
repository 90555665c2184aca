import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { Ledger } from "../../functions/s3-to-dynamodb/ledger/ledger";
import { createDynamoDBClient, createS3Client, createSQSClient } from "../../functions/shared/aws/awsClients";
import { listObjects } from "./listObjects";
import { HELP, parseOptions } from "./options";
import { replay } from "./replay";

export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const sqs = createSQSClient();
  const s3 = createS3Client();
  const summary = await replay(options, {
    objects: () => listObjects(s3, options.bucket, options.prefix, options.since),
    ledger: new Ledger(createDynamoDBClient(), options.ledgerTable),
    send: async (MessageBody) => {
      await sqs.send(new SendMessageCommand({ QueueUrl: options.queueUrl, MessageBody }));
    },
    print: (line) => console.log(line),
    now: () => new Date(),
  });
  const verb = options.dryRun ? "would be sent" : "sent";
  console.log(`${summary.sent} ${verb}, ${summary.skipped} left alone, ${summary.failed} failed.`);
  return summary.failed > 0 ? 1 : 0;
}
