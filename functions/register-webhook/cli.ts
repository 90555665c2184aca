import { createSecretsManagerClient } from "../shared/awsClients";
import { FivetranClient } from "../shared/fivetran/client";
import { SecretCache, secretsManagerReader } from "../shared/secret";
import { HELP, parseOptions, UsageError } from "./options";
import { register } from "./register";
import { secretStore, webhookSecret } from "./webhookSecret";

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
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
  const store = secretStore(secretsManager);
  const taken = await register(
    { url, groupId, dryRun, secret: () => webhookSecret({ arn, rotate, dryRun }, { read, store, print }) },
    { fivetran, print },
  );
  return taken ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof UsageError) {
      console.error(`${error.message}.\nSee npm run fivetran:register-webhook -- --help`);
      process.exitCode = 2;
    } else {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  },
);
