import assert from "node:assert/strict";
import { request } from "node:http";
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import type { PolicyEvent, Stack } from "@pulumi/pulumi/automation";
import { statesOf } from "../../../../local/run/executions";
import { type ServedPage, servePage } from "../../../../local/run/page/serve";
import { type PolicyReport, policyReport } from "../../../../local/run/policyEvents";
import { resourcesOf } from "../../../../local/run/resources";
import { up } from "../../../../local/run/update";

const start = new Date("2026-11-27T12:00:00.000Z");

const policyEvent: PolicyEvent = {
  policyName: "iam-no-wildcards",
  resourceUrn: "urn:x",
  message: "<{%bold%}>too wide<{%reset%}>",
  enforcementLevel: "mandatory",
  color: "never",
  policyPackName: "pack",
  policyPackVersion: "1",
  policyPackVersionTag: "1",
};

function event(type: HistoryEvent["type"], seconds: number, name: string): HistoryEvent {
  const details = type?.endsWith("Entered")
    ? { stateEnteredEventDetails: { name } }
    : { stateExitedEventDetails: { name } };
  return { id: 1, type, timestamp: new Date(start.getTime() + seconds * 1_000), ...details };
}

describe("What the page of a local run is made of", () => {
  it("S12: an execution's states have their times, each item of a Map its own, and one that failed stays open", () => {
    const states = statesOf(
      [
        { id: 1, type: "ExecutionStarted", timestamp: start },
        event("MapStateEntered", 0.5, "Each"),
        event("TaskStateEntered", 1, "Sync"),
        event("TaskStateEntered", 1.5, "Sync"),
        event("TaskStateExited", 2, "Sync"),
        event("TaskStateExited", 4, "Sync"),
        event("MapStateExited", 4.5, "Each"),
        event("TaskStateEntered", 5, "Build"),
      ],
      start,
    );
    assert.deepEqual(states, [
      { name: "Each", kind: "Map", spans: [{ from: 0.5, to: 4.5 }] },
      {
        name: "Sync",
        kind: "Task",
        spans: [
          { from: 1, to: 2 },
          { from: 1.5, to: 4 },
        ],
      },
      { name: "Build", kind: "Task", spans: [{ from: 5 }] },
    ]);
  });

  it("S12: resources come without what they hold, the stack and the providers left out", () => {
    const urn = (type: string, name: string) => `urn:pulumi:local::p::${type}::${name}`;
    const stack = urn("pulumi:pulumi:Stack", "p-local");
    const provider = urn("pulumi:providers:aws", "default");
    const component = { urn: urn("a:b:C", "c"), type: "a:b:C", parent: stack };
    const password = { password: "very secret" };
    const child = {
      urn: urn("a:b:C$x:y:Z", "c::z"),
      type: "x:y:Z",
      parent: component.urn,
      dependencies: [provider, component.urn],
    };
    const state = {
      checkpoint: {
        latest: {
          resources: [
            { urn: stack, type: "pulumi:pulumi:Stack" },
            { urn: provider, type: "pulumi:providers:aws", parent: stack },
            component,
            { ...child, inputs: password, outputs: password },
          ],
        },
      },
    };
    const found = resourcesOf(state);
    assert.deepEqual(found, [
      { urn: component.urn, type: "a:b:C", name: "c", parent: undefined, uses: [] },
      { urn: child.urn, type: "x:y:Z", name: "c::z", parent: component.urn, uses: [component.urn] },
    ]);
    assert.doesNotMatch(JSON.stringify(found), /very secret/);
  });

  it("S12: a policy's finding counts once, an exemption isn't a violation", () => {
    const { violations, exempted, rules } = policyReport([
      policyEvent,
      policyEvent,
      { ...policyEvent, policyName: "policy-exempted" },
    ]);
    assert.deepEqual(violations, [
      { policy: "iam-no-wildcards", resource: "urn:x", level: "mandatory", message: "too wide" },
    ]);
    assert.equal(exempted.length, 1);
    assert.ok(rules > 30);
  });
});

describe("An update that the policies stop", () => {
  it("S12: fails with the engine's errors, and what the policies said is kept for the page", async () => {
    const stack: Pick<Stack, "up"> = {
      async up({ onEvent } = {}) {
        onEvent?.({ sequence: 1, timestamp: 0, policyEvent });
        const message = "preview failed";
        onEvent?.({ sequence: 2, timestamp: 0, diagnosticEvent: { severity: "error", message, color: "" } });
        throw new Error("code 255");
      },
    };
    const seen: { policy?: PolicyReport } = {};
    await assert.rejects(up(stack, new AbortController().signal, seen), {
      message: "pulumi up failed: preview failed",
    });
    assert.deepEqual(
      seen.policy?.violations.map(({ policy, message }) => [policy, message]),
      [["iam-no-wildcards", "too wide"]],
    );
  });
});

describe("The page of a run that stays up", () => {
  let page: ServedPage;
  before(async () => {
    page = await servePage("<p>the run</p>");
  });
  after(() => page.close());

  function ask(options: { readonly method?: string; readonly path?: string; readonly host?: string }) {
    const { method = "GET", path = "/", host } = options;
    const url = new URL(path, page.url);
    return new Promise<{ status?: number; body: string; policy: string }>((resolve, reject) => {
      const asked = request(url, { method, headers: host === undefined ? {} : { host } }, (answer) => {
        let body = "";
        const { statusCode: status, headers } = answer;
        answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
        answer.on("end", () => resolve({ status, body, policy: String(headers["content-security-policy"]) }));
      });
      asked.on("error", reject).end();
    });
  }

  it("S12: is served on loopback, and may not be framed", async () => {
    assert.match(page.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { status, body, policy } = await ask({});
    assert.deepEqual([status, body], [200, "<p>the run</p>"]);
    assert.match(policy, /^default-src 'none'; .*frame-ancestors 'none'$/);
  });

  it("S12: another name for this machine gets nothing of it", async () => {
    const { status, body } = await ask({ host: "example.com" });
    assert.equal(status, 403);
    assert.doesNotMatch(body, /the run/);
  });

  it("S12: there is no other path and no other method", async () => {
    assert.equal((await ask({ path: "/other" })).status, 404);
    assert.equal((await ask({ method: "POST" })).status, 405);
  });

  it("S12: ends at once when the run does", async () => {
    const other = await servePage("");
    await other.close();
    await assert.rejects(fetch(other.url));
  });
});
