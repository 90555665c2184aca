import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { previewComment } from "../../cli/ci/comment";
import { SummaryBuilder } from "../../cli/ci/summary";
import { readSettings } from "../../local/run/stack";
import { type Outcome, withStack } from "./engine";

function summaryOf(stack: string, { events }: Outcome, failure?: Error) {
  const builder = new SummaryBuilder(stack);
  for (const event of events) builder.add(event);
  return builder.done(failure);
}

describe("the comment of a pull request, from the real engine", function () {
  this.timeout(300_000);

  it("S2: the preview of dev is summed up as the engine counts it", async () => {
    const settings = { ...readSettings("dev"), "aws:region": "us-east-1" };
    const outcome = await withStack({ name: "dev", settings }, ({ run }) => run("preview"));
    const summary = summaryOf("dev", outcome);
    assert.equal(summary.steps.length, outcome.steps.length);
    assert.ok(summary.steps.some(({ op, type }) => op === "create" && type === "aws:dynamodb/table:Table"));
    assert.ok(summary.succeeded);
    const text = previewComment({ summaries: [summary], access: "" });
    assert.match(text, new RegExp(`\\| dev \\| passed \\| ${outcome.steps.length} \\| 0 \\| 0 \\| 0 \\| 0 \\|`));
    assert.match(text, /Costs without use[\s\S]*alarm, by the month/);
  });

  it("S2: an update names the property that changes, though the provider tells none", async () => {
    const settings = { "aws:region": "us-east-1" };
    let actions = ["sqs:SendMessage"];
    const program = async () => {
      new aws.iam.Policy("shared", {
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: actions, Resource: "arn:aws:sqs:us-east-1:000000000000:q" }],
        }),
      });
      return {};
    };
    await withStack({ name: "ci-update", settings, program }, async ({ run }) => {
      await run("up");
      actions = ["sqs:ReceiveMessage"];
      const { steps } = summaryOf("ci-update", await run("preview"));
      assert.deepEqual(
        steps.map(({ op, name, changed }) => ({ op, name, changed })),
        [{ op: "update", name: "shared", changed: ["policy"] }],
      );
      await run("destroy");
    });
  });
});
