import assert from "node:assert/strict";
import { type PlayOptions, play, playTest } from "../../../cli/fivetran-invoke/play";
import { LocalStore } from "../../../cli/fivetran-invoke/store";
import { answer, clockOf, type Json } from "../../../functions/connector-kit";
import type { Connector } from "../../../functions/connector-kit/core";
import { exampleConnector } from "../../../functions/connector-kit/example/connector";
import { wait } from "../../../functions/connector-kit/example/sourceClient";
import { retryAfterMs, SourceAnswerError } from "../../../functions/connector-kit/example/sourceErrors";
import { type Faults, type SourceApi, sourceApiSecrets, startSourceApi } from "../../../local/source-api";

describe("Fivetran connector: the example", () => {
  let api: SourceApi;
  let waits: number[];
  let lines: string[];

  beforeEach(async () => {
    api = await startSourceApi({ rows: 1_200, pageRows: 100 });
    waits = [];
    lines = [];
  });
  afterEach(() => api.stop());

  function options(secrets: Record<string, Json> = sourceApiSecrets, remainingMs = () => 60_000): PlayOptions {
    const connector = exampleConnector(async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
    });
    const line = (message: string, fields?: unknown) => {
      lines.push(`${message} ${JSON.stringify(fields)}`);
    };
    return {
      secrets,
      payload: { apiUrl: api.url },
      invoke: (request) =>
        answer(connector as unknown as Connector, request, {
          clock: clockOf(remainingMs),
          log: { debug: line, info: line, warn: line, error: line },
          putFile: () => assert.fail("no file is asked for"),
        }),
    };
  }

  function assertEqualToSource(store: LocalStore): void {
    for (const table of ["airports", "flights"] as const) {
      const byId = new Map(store.rows(table).map((row) => [row.id, row]));
      const rows = JSON.parse(JSON.stringify(api.rows(table))) as { readonly id: string }[];
      assert.equal(byId.size, rows.length, table);
      for (const row of rows) assert.deepEqual(byId.get(row.id), row);
    }
  }

  it("F10: two tables, then only what changed, and rows that are gone", async () => {
    const store = new LocalStore();
    const first = await play({ ...options(), store });
    assertEqualToSource(store);
    assert.deepEqual(
      first.tables.map(({ rows }) => rows),
      [1_200, 1_200],
    );
    const { pages } = api.counts();
    api.advance(3);
    const second = await play({ ...options(), store, state: first.state });
    assertEqualToSource(store);
    const counts = second.tables.map(({ upserts, deletes, deleted }) => ({
      upserts: upserts - 1_200,
      deletes,
      deleted,
    }));
    for (const { upserts, deletes, deleted } of counts)
      assert.ok(upserts > 0 && upserts < 400 && deletes > 0 && deleted > 0);
    assert.ok(api.counts().pages - pages < 10, "only the changes were read");
    const { pages: quiet } = api.counts();
    await play({ ...options(), store, state: second.state });
    assert.equal(api.counts().pages - quiet, 2);
  });

  const faults: readonly [string, Faults, (counts: ReturnType<SourceApi["counts"]>) => void][] = [
    [
      "429 with Retry-After",
      { throttleEvery: 3, retryAfterSeconds: 7 },
      ({ throttled }) => {
        assert.ok(throttled >= 8);
        assert.deepEqual(new Set(waits), new Set([7_000]));
      },
    ],
    ["5xx", { failEvery: 4 }, ({ failed }) => assert.ok(failed >= 5)],
    ["cut connections", { cutEvery: 5 }, ({ failed }) => assert.ok(failed >= 4)],
    ["tokens that expire", { tokenUses: 3 }, ({ tokens }) => assert.ok(tokens >= 8)],
    [
      "all of these and slow pages",
      { throttleEvery: 5, retryAfterSeconds: 0, failEvery: 7, cutEvery: 11, tokenUses: 4, slowEvery: 6, slowMs: 30 },
      ({ tokens }) => assert.ok(tokens > 4),
    ],
  ];
  for (const [name, fault, check] of faults) {
    it(`F10: no row is lost to ${name}`, async () => {
      api.setFaults(fault);
      const { store } = await play(options());
      assertEqualToSource(store);
      check(api.counts());
    });
  }

  it("F10: a source that fails for ever is an error after six tries", async () => {
    api.setFaults({ failAlways: true });
    await assert.rejects(play(options()), /SourceAnswerError: \/v1\/airports answered 503/);
    assert.equal(waits.length, 5);
    assert.ok(waits.every((ms, at) => ms <= 200 * 2 ** (at + 1)));
  });

  it("F10: a source whose rows lack their key is an error with table and row", async () => {
    api.setFaults({ idlessEvery: 150 });
    await assert.rejects(
      play(options()),
      /Row 50 of the page's upserts of table airports has no primary key: its column id/,
    );
  });

  it("F3, F10: a Retry-After longer than the time that is left ends the request, not the sync", async () => {
    api.setFaults({ throttleEvery: 5, retryAfterSeconds: 3_600 });
    let timeUp: () => void = () => assert.fail("no time was set");
    const connector = exampleConnector(async (ms, signal) => {
      assert.equal(ms, 3_600_000);
      const waiting = wait(ms, signal);
      timeUp();
      await waiting;
    });
    const quiet = () => undefined;
    const request = { state: {}, secrets: sourceApiSecrets, apiUrl: api.url };
    const response = await answer(connector as unknown as Connector, request, {
      clock: {
        remainingMs: () => 60_000,
        after: (_ms, callback) => {
          timeUp = callback;
          return () => undefined;
        },
      },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      putFile: () => assert.fail(),
    });
    assert.equal(response.hasMore, true);
    assert.equal(response.insert?.airports?.length, 400);
  });

  it("F6, F7, F10: the connection test tells wrong credentials from right ones, and shows neither", async () => {
    await playTest(options());
    assert.equal(api.counts().pages, 0);
    const wrong = options({ clientId: "local-client", clientSecret: "wrong&secret" });
    await assert.rejects(playTest(wrong), (error: Error) => {
      assert.match(error.message, /\/oauth\/token answered 401/);
      return true;
    });
    assert.ok(lines.length > 0);
    for (const line of lines) assert.doesNotMatch(line, /wrong|local-client|local\/client|local%2F/);
  });

  for (const [missing, secrets, payload, problem] of [
    ["credentials", {}, undefined, /secrets clientId and clientSecret are missing/],
    ["address", sourceApiSecrets, { apiUrl: "nowhere" }, /apiUrl of the custom payload isn't a URL/],
    ["start", sourceApiSecrets, { startFrom: "yesterday" }, /startFrom is "yesterday"/],
  ] as const) {
    it(`F10: a missing or wrong ${missing} is named`, async () => {
      await assert.rejects(play({ ...options(secrets), payload: { apiUrl: api.url, ...payload } }), problem);
    });
  }

  it("F8, F10: a historical load may begin later", async () => {
    const { store } = await play({ ...options(), payload: { apiUrl: api.url, startFrom: "1000" } });
    assert.equal(store.rows("airports").length, 200);
  });

  it("F10: Retry-After is read as seconds and as a date", () => {
    const of = (value?: string) =>
      retryAfterMs(new SourceAnswerError(429, "", value), Date.parse("2026-01-01T00:00:00Z"));
    assert.deepEqual(
      [of("2"), of("0.5"), of("Thu, 01 Jan 2026 00:00:09 GMT"), of("Wed, 31 Dec 2025 00:00:00 GMT"), of("soon"), of()],
      [2_000, 500, 9_000, 0, undefined, undefined],
    );
  });
});
