import assert from "node:assert/strict";
import { readSettings } from "../../local/engine/stack";
import { cloud, namesInCloud } from "./cloud";
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

describe("the engine on the stacks", () => {
  for (const stack of ["dev", "local"]) {
    it(`S3: ${stack}: preview, up, up again, update, destroy`, async () => {
      const where = await cloud();
      const prefix = `data-pipelines-${stack}-`;
      await withStack({ name: stack, settings: settingsOf(stack) }, async ({ run }, change) => {
        const preview = await run("preview");
        const up = await run("up");
        assert.deepEqual(created(up), created(preview), "a preview that knows nothing of the cloud shows the same");
        assert.ok(created(up).length > 40, `${created(up).length} resources`);
        assert.ok((await namesInCloud(where, prefix)).includes(`bucket ${prefix}ingest-landing`));

        const again = await run("up");
        assert.deepEqual(again.steps, []);
        assert.equal(again.same, created(up).length);

        // I1: one entry more.
        await change(withSource(settingsOf(stack)));
        const wider = await run("up");
        const others = wider.steps.filter((step) => !step.startsWith("create ingest-source-added"));
        assert.deepEqual(others.sort(), [
          "update ingest-collect",
          "update ingest-collect-queue-policy",
          "update ingest-collect-role-policy",
          "update ingest-load",
        ]);
        assert.equal(wider.steps.length - others.length, 8);

        await change({ ...withSource(settingsOf(stack)), [logDaysKey]: 14 });
        const longer = await run("up");
        assert.ok(longer.steps.length >= 2);
        assert.deepEqual(
          longer.steps.filter((step) => !/^update .*-logs$/.test(step)),
          [],
        );

        await run("destroy");
        assert.deepEqual(await namesInCloud(where, prefix), []);
      });
    });
  }
});
