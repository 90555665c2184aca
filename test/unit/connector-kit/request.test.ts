import assert from "node:assert/strict";
import type { ConnectorContext } from "../../../functions/connector-kit/core";
import { ask, failure, first, noPages, orders, paged } from "./harness";

describe("Fivetran connector: request", () => {
  it("F1: the first sync's empty state begins at no cursor, the next goes on behind it", async () => {
    const seen: unknown[] = [];
    const connector = paged([{ upserts: { orders: orders(1, 2) } }, { upserts: { orders: orders(3, 1) } }]);
    const watched = {
      ...connector,
      pull: (cursor: number | undefined, context: ConnectorContext) => {
        seen.push(cursor);
        return connector.pull(cursor, context);
      },
    };
    const { response } = await ask(watched, first);
    assert.deepEqual(response.state, { kit: 1, version: 1, cursor: 2 });
    const again = await ask(watched, { ...first, state: response.state });
    assert.deepEqual(seen, [undefined, 2]);
    assert.deepEqual(again.response.insert, {});
    assert.deepEqual(again.response.state, response.state);
    assert.equal(again.response.hasMore, false);
  });

  it("F1: secrets and the custom payload reach the connector, in either place that the payload may stand", async () => {
    const contexts: ConnectorContext[] = [];
    const connector = paged([], {
      pull(_cursor: number | undefined, context: ConnectorContext) {
        contexts.push(context);
        return noPages();
      },
    });
    const secrets = { apiToken: "abcdefgh" };
    await ask(connector, { ...first, secrets, sync_id: "9ba2b6b4", customPayload: { tenant: "north" } });
    await ask(connector, { ...first, secrets, tenant: "south" });
    assert.deepEqual(
      contexts.map(({ secrets, payload }) => ({ secrets, payload })),
      [
        { secrets, payload: { tenant: "north" } },
        { secrets, payload: { tenant: "south" } },
      ],
    );
  });

  const malformed: readonly [string, unknown, RegExp][] = [
    ["null", null, /it is null/],
    ["a text", "{}", /it is of type string/],
    ["an array", [], /it is an array/],
    ["without state", { agent: "a", secrets: {} }, /state is missing/],
    ["with state null", { state: null }, /state is null/],
    ["with state as text", { state: "{}" }, /state is of type string/],
    ["with secrets as a list", { state: {}, secrets: ["hunter22"] }, /secrets is an array/],
    ["with a number as agent", { state: {}, agent: 5 }, /agent is of type number/],
    ["with bucket but no file", { state: {}, bucket: "b" }, /file is missing/],
    ["with file but no bucket", { state: {}, file: "f" }, /bucket is missing/],
    ["with an empty bucket", { state: {}, bucket: "", file: "f" }, /bucket is an empty text/],
    ["with setup_test as text", { state: {}, setup_test: "true" }, /setup_test is of type string/],
    ["with customPayload as text", { state: {}, customPayload: "a=b" }, /customPayload is of type string/],
  ];
  for (const [name, request, problem] of malformed) {
    it(`F1: a request ${name} is refused`, async () => {
      const error = await failure(paged([]), request);
      assert.equal(error.name, "RequestError");
      assert.match(error.message, problem);
      assert.match(error.message, /docs\/fivetran-connector\.md/);
    });
  }

  it("F7: the connection test calls test and pulls nothing", async () => {
    let tested = 0;
    const connector = paged([], {
      test: async () => {
        tested += 1;
      },
      pull: () => assert.fail("data was pulled"),
    });
    const { response } = await ask(connector, { ...first, setup_test: true });
    assert.equal(tested, 1);
    assert.deepEqual(response, {
      state: {},
      insert: {},
      schema: { orders: { primary_key: ["id"] }, lines: { primary_key: ["order", "line"] } },
      hasMore: false,
    });
  });

  it("F7: a source that refuses fails the connection test, one that is silent does so in time", async () => {
    const refused = paged([], { test: async () => Promise.reject(new Error("401 for key k-5551234")) });
    const error = await failure(refused, { ...first, secrets: { key: "k-5551234" }, setup_test: true });
    assert.equal(error.message, "Error: 401 for key [redacted]");
    const silent = paged([], { test: () => new Promise<void>(() => undefined) });
    assert.match((await failure(silent, { ...first, setup_test: true })).message, /in time/);
  });

  it("F7: with the S3 method the connection test shows that the bucket can be written to", async () => {
    const { files, response } = await ask(paged([]), { ...first, setup_test: true, bucket: "b", file: "f.json" });
    assert.deepEqual(JSON.parse(files.get("f.json") ?? ""), { insert: {}, delete: {} });
    assert.equal(response.hasMore, false);
  });

  it("F8: a historical load begins where the custom payload says, else where the component's argument does", async () => {
    const starts: (string | undefined)[] = [];
    const connector = paged([], {
      pull(_cursor: number | undefined, { startFrom }: ConnectorContext) {
        starts.push(startFrom);
        return noPages();
      },
    });
    await ask(connector, { ...first, customPayload: { startFrom: "2024-01-01" } }, { startFrom: "2020-01-01" });
    await ask(connector, first, { startFrom: "2020-01-01" });
    await ask(connector, first);
    assert.deepEqual(starts, ["2024-01-01", "2020-01-01", undefined]);
    const error = await failure(connector, { ...first, customPayload: { startFrom: 2024 } });
    assert.match(error.message, /startFrom of the custom payload is of type number/);
  });
});
