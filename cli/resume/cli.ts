import { mskTokens } from "../../functions/kafka-lambda-sink/service/clients";
import { HELP, parseOptions } from "./options";
import { resume } from "./resume";

export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, process.env);
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  console.log(await resume(options, mskTokens(process.env.AWS_REGION ?? options.config.lambda.region ?? "")));
  return 0;
}
