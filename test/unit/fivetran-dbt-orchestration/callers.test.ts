/** What calls a function from outside, and the permissions that let it: the local cloud doesn't ask for them. */
import assert from "node:assert/strict";
import type { FivetranDbtOrchestrationArgs } from "../../../components/fivetran-dbt-orchestration/args";
import { at, type MockRun } from "../mocks";
import { deploy } from "./deploy";

interface Caller {
  readonly function: string;
  readonly principal: string;
  readonly source: string;
}

/** Who calls, by the routes that the stack defines. */
function callers(run: MockRun<unknown>): Caller[] {
  const nameOf = (arn: unknown): string => String(arn).split(":function:")[1] ?? "";
  const integrations = run.ofType("aws:apigatewayv2/integration:Integration");
  const routes = run.ofType("aws:apigatewayv2/route:Route").map((route): Caller => {
    const [, id] = String(at(route, "target")).split("/");
    const integration = integrations.find(({ name }) => id === `${name}-id`);
    assert.ok(integration, `no integration has the id ${id}`);
    const [method, path] = String(at(route, "routeKey")).split(" ");
    return {
      function: nameOf(at(integration, "integrationUri")),
      principal: "apigateway.amazonaws.com",
      source: `arn:aws:execute-api:us-east-1:000000000000:${at(route, "apiId")}/*/${method}${path}`,
    };
  });
  return routes;
}

function permitted(run: MockRun<unknown>): Caller[] {
  return run.ofType("aws:lambda/permission:Permission").map((permission) => {
    assert.equal(at(permission, "action"), "lambda:InvokeFunction");
    return {
      function: String(at(permission, "function")),
      principal: String(at(permission, "principal")),
      source: String(at(permission, "sourceArn")),
    };
  });
}

const sorted = (list: readonly Caller[]): string[] => list.map((each) => JSON.stringify(each)).sort();

describe("who may call the functions", () => {
  const cases: readonly (readonly [string, Partial<FivetranDbtOrchestrationArgs>])[] = [
    ["as small as it gets", {}],
    [
      "with a schedule, and syncs that start runs",
      { schedule: { expression: "rate(1 hour)" }, startOnConnections: ["a"] },
    ],
  ];
  for (const [what, args] of cases) {
    it(`O5: ${what}: each route may call its function, and nobody else may call any`, async () => {
      const run = await deploy(args);
      const found = callers(run);
      assert.deepEqual(sorted(permitted(run)), sorted(found));
      assert.deepEqual(
        found.map(({ principal }) => principal),
        ["apigateway.amazonaws.com"],
      );
      for (const { function: called } of found) {
        assert.ok(
          run.ofType("aws:lambda/function:Function").some((each) => at(each, "name") === called),
          `${called} is a function of the stack`,
        );
      }
    });
  }
});
