import assert from "node:assert/strict";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { readSettings } from "../../local/run/stack";
import { type Cloud, clientConfig, cloud, namesInCloud } from "./cloud";
import { type Outcome, type Settings, withStack } from "./engine";

const sourcesKey = "data-pipelines:sources";
const logDaysKey = "data-pipelines:logRetentionDays";

/** The stack's own settings, in the region that the local cloud is in. */
function settingsOf(stack: string): Settings {
  return { ...readSettings(stack), "aws:region": "us-east-1" };
}

function withSource(settings: Settings): Settings {
  const sources = settings[sourcesKey];
  assert.ok(Array.isArray(sources));
  return { ...settings, [sourcesKey]: [...sources, { name: "added", format: "csv" }] };
}

function created({ steps }: Outcome): string[] {
  return steps.filter((step) => step.startsWith("create ")).sort();
}

interface StateResource {
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** W1: each storage integration's role trusts exactly its user with its External ID, after one update. */
async function assertTrust(where: Cloud, state: string): Promise<void> {
  const { checkpoint } = JSON.parse(state) as { checkpoint: { latest: { resources: StateResource[] } } };
  const ofType = (type: string) => checkpoint.latest.resources.filter((resource) => resource.type === type);
  const integrations = ofType("snowflake:index/storageIntegration:StorageIntegration");
  assert.ok(integrations.length > 0);
  for (const { outputs = {} } of integrations) {
    const roleName = String(outputs.storageAwsRoleArn).split("/").pop();
    const { Role } = await new IAMClient(clientConfig(where)).send(new GetRoleCommand({ RoleName: roleName }));
    const { Statement } = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")) as {
      Statement: { Principal: unknown; Condition: unknown }[];
    };
    assert.deepEqual(
      Statement.map(({ Principal, Condition }) => ({ Principal, Condition })),
      [
        {
          Principal: { AWS: outputs.storageAwsIamUserArn },
          Condition: { StringEquals: { "sts:ExternalId": outputs.storageAwsExternalId } },
        },
      ],
    );
  }
}

describe("the engine on the stacks", function () {
  this.timeout(300_000);

  for (const stack of ["dev", "local"]) {
    it(`S3, I1, W1: ${stack}: preview, up, up again, a source more, destroy`, async () => {
      const where = await cloud();
      const prefix = `data-pipelines-${stack}-`;
      await withStack({ name: stack, settings: settingsOf(stack) }, async ({ run, state }, change) => {
        const preview = await run("preview");
        const up = await run("up");
        assert.deepEqual(created(up), created(preview), "a preview that knows nothing of the cloud shows the same");
        assert.ok(created(up).length > 40, `${created(up).length} resources`);
        const names = await namesInCloud(where, prefix);
        assert.ok(
          names.some((name) => name.startsWith(`bucket ${prefix}ingest-landing-`)),
          names.join(", "),
        );

        if (stack === "local") await assertTrust(where, await state());

        const again = await run("up");
        assert.deepEqual(again.steps, []);
        assert.equal(again.same, created(up).length);

        // I1: one entry more.
        await change({ ...withSource(settingsOf(stack)), [logDaysKey]: 14 });
        const update = await run("up");
        const ofSource = update.steps.filter((step) => step.startsWith("create ingest-source-added"));
        const ofLogs = update.steps.filter((step) => /^update .*-logs$/.test(step));
        const others = update.steps.filter((step) => !ofSource.includes(step) && !ofLogs.includes(step));
        assert.deepEqual(others.sort(), [
          "update ingest-collect",
          "update ingest-collect-queue-policy",
          "update ingest-collect-role-policy",
          "update ingest-load",
        ]);
        assert.equal(ofSource.length, 8);
        assert.ok(ofLogs.length >= 2);

        await run("destroy");
        assert.deepEqual(await namesInCloud(where, prefix), []);
      });
    });
  }
});
