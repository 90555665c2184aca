import { createSecretsManagerClient } from "../../functions/shared/aws/awsClients";
import { SecretCache, secretsManagerReader } from "../../functions/shared/aws/secret";
import { FivetranClient } from "../../functions/shared/fivetran/client";
import { HELP, parseOptions } from "./options";
import { register, remove } from "./register";
import { secretStore, webhookSecret } from "./webhookSecret";

export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const secretsManager = createSecretsManagerClient();
  const read = secretsManagerReader(secretsManager);
  const secrets = new SecretCache(read);
  const print = (line: string): void => console.log(line);
  const fivetran = new FivetranClient({
    url: options.apiUrl,
    credentials: () => secrets.members(options.apiSecretArn, ["apiKey", "apiSecret"]),
    log: { warn: (message, ...more) => console.error(message, ...more) },
  });
  const { url, groupId, webhookSecretArn: arn, rotate, dryRun } = options;
  if (options.remove) {
    await remove({ url, groupId, dryRun }, { fivetran, print });
    return 0;
  }
  const store = secretStore(secretsManager);
  const taken = await register(
    { url, groupId, dryRun, secret: () => webhookSecret({ arn, rotate, dryRun }, { read, store, print }) },
    { fivetran, print },
  );
  return taken ? 0 : 1;
}
