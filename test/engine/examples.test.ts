import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { componentFolders, packageName } from "../../tools/build";
import { type Packed, packed, project } from "../unit/package/installed";
import { type Settings, withStack } from "./engine";

const folder = join(__dirname, "../../examples");
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const policies = JSON.parse(readFileSync(join(folder, "policies.json"), "utf8")) as Settings;
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
/** For the program beside its own: it stands for what `snowflake` and `aws` have in a user's configuration. */
const settings = {
  "aws:region": "us-east-1",
  "snowflake:organizationName": "EXAMPLE",
  "snowflake:accountName": "TRIAL",
  "snowflake:user": "DEPLOYER",
  "snowflake:role": "DEPLOYER",
  "snowflake:authenticator": "SNOWFLAKE_JWT",
  "snowflake:privateKey": privateKey,
  "snowflake:previewFeaturesEnabled": [
    "snowflake_file_format_resource",
    "snowflake_notification_integration_resource",
    "snowflake_pipe_resource",
    "snowflake_stage_resource",
    "snowflake_storage_integration_resource",
    "snowflake_table_resource",
  ],
};

describe("the examples, from the packed package", function () {
  this.timeout(300_000);
  let pack: Packed;
  before(() => {
    pack = packed();
  });
  after(() => pack.remove());

  it("S10: there is one for every component, and one of all", () => {
    assert.deepEqual(examples.sort(), [...componentFolders(), "all"].sort());
  });

  for (const example of examples) {
    it(`S10: ${example} is previewed outside the repository, with what its package.json names and nothing else`, async () => {
      const { dependencies } = JSON.parse(readFileSync(join(folder, example, "package.json"), "utf8")) as {
        dependencies: Record<string, string>;
      };
      const own = JSON.parse(readFileSync(join(pack.folder, "package.json"), "utf8")) as {
        dependencies: Record<string, string>;
      };
      const others = Object.keys(dependencies).filter((name) => name !== packageName);
      const user = project(pack, [...others, ...Object.keys(own.dependencies)]);
      try {
        cpSync(folder, user.path, { recursive: true });
        const program = async () => require(join(user.path, example, "index.ts")) as Record<string, unknown>;
        const stack = { name: `example-${example}`, settings, program, policies };
        const outcome = await withStack(stack, ({ run }) => run("preview"));
        assert.ok(outcome.steps.length > 5, outcome.steps.join("\n"));
        assert.deepEqual(
          outcome.policies.filter((line) => line.startsWith("[mandatory]")),
          [],
        );
      } finally {
        user.remove();
      }
    });
  }
});
