import { userInfo } from "node:os";
import { SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { createSFNClient } from "../../functions/shared/aws/awsClients";
import { parseFlags, switches, textFlags } from "../shared/commandLine";
import { findVersion, tableRegistry, VERSION_HELP, versionFlags, versionOptions } from "../shared/exportTable";
import { approve, question } from "./approve";

const HELP = `Usage: npx pulumi-data-pipelines delta-approve --tenant NAME --table NAME --version V --registry NAME [options]

Answers an import of ExportDeltaImport that waits because its delta deletes more than maxDeletedShare: shows what would
go, then lets it through.

  --version V         the waiting version
  --reject            refuse it: nothing changes, and later versions go on
  --reason TEXT       why, for the registry
  --by NAME           who answers. Default: the user of this machine
  --dry-run           only shows what would go
${VERSION_HELP}

Needs dynamodb:Query on the registry and states:SendTaskSuccess on the state machine.
Ends with 0 when it was answered, 1 when it doesn't wait or AWS refuses, 2 when the arguments are wrong.`;

const flags = { ...versionFlags, ...switches("reject"), ...textFlags("reason", "by") };

export async function run(args: readonly string[]): Promise<number> {
  const values = parseFlags(args, flags);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const options = versionOptions(values);
  const { item } = await findVersion(tableRegistry(options), options.version);
  if (values["dry-run"]) {
    for (const line of question(item).lines) console.log(line);
    return 0;
  }
  const sfn = createSFNClient();
  const answer = { approved: !values.reject, by: values.by ?? userInfo().username, reason: values.reason };
  await approve(item, answer, {
    answer: async (taskToken, output) => {
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
    },
    print: (line) => console.log(line),
  });
  return 0;
}
