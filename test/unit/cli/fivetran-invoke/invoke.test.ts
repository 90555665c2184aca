import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnswerError, checkAnswer } from "../../../../cli/fivetran-invoke/checkAnswer";
import { parseOptions } from "../../../../cli/fivetran-invoke/options";
import { play, playTest } from "../../../../cli/fivetran-invoke/play";
import { progressLine, summaryLines } from "../../../../cli/fivetran-invoke/report";
import { LocalStore } from "../../../../cli/fivetran-invoke/store";
import { UsageError } from "../../../../cli/shared/commandLine";
import { sourceApiSecrets, startSourceApi } from "../../../../local/source-api";

const schema = { items: { primary_key: ["id"] } };
const root = join(__dirname, "..", "..", "..", "..");

describe("fivetran:invoke", () => {
  it("F11: calls with the last state until hasMore is false, and applies upserts and deletes by primary key", async () => {
    const answers = [
      { state: { at: 1 }, insert: { items: [{ id: 1 }, { id: 2 }] }, schema, hasMore: true },
      {
        state: { at: 2 },
        insert: { items: [{ id: 1, v: 2 }] },
        delete: { items: [{ id: 2 }, { id: 9 }] },
        schema,
        hasMore: false,
      },
    ];
    const requests: unknown[] = [];
    const shown: string[] = [];
    const result = await play({
      secrets: { key: "k" },
      payload: { tenant: "north" },
      invoke: async (request) => {
        requests.push(request);
        return answers[requests.length - 1];
      },
      onProgress: (progress) => shown.push(progressLine(progress)),
    });
    const common = { agent: "local/local/local", secrets: { key: "k" }, customPayload: { tenant: "north" } };
    assert.deepEqual(requests, [
      { ...common, state: {} },
      { ...common, state: { at: 1 } },
    ]);
    assert.deepEqual(result.state, { at: 2 });
    assert.deepEqual(result.store.rows("items"), [{ id: 1, v: 2 }]);
    assert.deepEqual(result.tables, [{ table: "items", rows: 1, deleted: 2, upserts: 3, deletes: 2 }]);
    assert.deepEqual(shown, ["Request 1: 2 rows, 0.0 MB, more to come", "Request 2: 5 rows, 0.0 MB, complete"]);
    assert.deepEqual(summaryLines(result).slice(0, 3), [
      "table  rows  deleted  upserts  deletes",
      "-----  ----  -------  -------  -------",
      "items     1        2        3        2",
    ]);
  });

  it("F11: a soft delete marks the rows that this sync didn't send, at its end", async () => {
    const store = new LocalStore();
    const sync = (ids: number[][], softDelete?: string[]) => {
      let at = 0;
      return play({
        store,
        secrets: {},
        invoke: async () => {
          const items = (ids[at] ?? []).map((id) => ({ id }));
          at += 1;
          return {
            state: {},
            insert: { items },
            schema,
            hasMore: at < ids.length,
            ...(at === 1 ? { softDelete } : {}),
          };
        },
      });
    };
    await sync([[1, 2], [3]]);
    await sync([[4]]);
    assert.equal(store.rows("items").length, 4);
    await sync([[1], [3]], ["items"]);
    assert.deepEqual(store.rows("items"), [{ id: 1 }, { id: 3 }]);
  });

  it("F11: a table without primary key is appended to, as at Fivetran's", async () => {
    const invoke = async () => ({ state: {}, insert: { log: [{ a: 1 }, { a: 1 }] }, hasMore: false });
    assert.equal((await play({ secrets: {}, invoke })).store.rows("log").length, 2);
  });

  const wrong: readonly [string, unknown, RegExp][] = [
    ["no object", "ok", /isn't an object/],
    ["no state", { insert: {}, hasMore: false }, /no state object/],
    ["no hasMore", { state: {}, insert: {} }, /hasMore/],
    ["no insert", { state: {}, hasMore: false }, /insert is missing in the answer/],
    ["rows that are no list", { state: {}, insert: { a: {} }, hasMore: false }, /insert\.a isn't an array/],
    [
      "a row without key",
      { state: {}, insert: { items: [{ id: 1 }, {}] }, schema, hasMore: false },
      /insert\.items\[1\] has no id/,
    ],
    ["a delete without key", { state: {}, insert: {}, delete: { a: [{}] }, hasMore: false }, /no primary key for a/],
    ["a wrong schema", { state: {}, insert: {}, schema: { a: ["id"] }, hasMore: false }, /schema of the answer/],
    ["a wrong softDelete", { state: {}, insert: {}, softDelete: true, hasMore: false }, /softDelete/],
  ];
  for (const [name, answer, problem] of wrong) {
    it(`F11: an answer with ${name} is refused`, () => {
      assert.throws(
        () => checkAnswer(answer),
        (error: Error) => error instanceof AnswerError && problem.test(error.message),
      );
    });
  }

  it("F11: an answer that is too big, or empty for ever, is refused", async () => {
    const big = { state: {}, insert: { items: [{ id: "x".repeat(6_300_000) }] }, schema, hasMore: false };
    await assert.rejects(play({ secrets: {}, invoke: async () => big }), /Lambda allows 6291556/);
    const empty = { state: {}, insert: {}, hasMore: true };
    await assert.rejects(play({ secrets: {}, invoke: async () => empty }), /11 answers in a row had no rows/);
    await assert.rejects(
      playTest({ secrets: {}, invoke: async () => ({ ...empty, insert: { a: [{}] } }) }),
      /with rows/,
    );
  });

  it("F5, F11: through a bucket the rows are read from the file, which is cleared away", async () => {
    const files = new Map<string, string>();
    const removed: string[] = [];
    const { store } = await play({
      secrets: {},
      bucket: {
        bucket: "sync",
        fileOf: (request) => `f${request}`,
        read: async (file) => files.get(file) ?? assert.fail(file),
        remove: async (file) => {
          removed.push(file);
        },
      },
      invoke: async ({ bucket, file }) => {
        assert.equal(bucket, "sync");
        files.set(String(file), JSON.stringify({ insert: { items: [{ id: file }] }, delete: {} }));
        return { state: {}, schema, hasMore: file === "f1" };
      },
    });
    assert.deepEqual(store.rows("items"), [{ id: "f1" }, { id: "f2" }]);
    assert.deepEqual(removed, ["f1", "f2"]);
    assert.throws(() => checkAnswer({ state: {}, hasMore: false }, "not json"), /The file isn't JSON/);
    assert.throws(() => checkAnswer({ state: {}, hasMore: false }, "{}"), /insert is missing in the file/);
  });

  const bad: readonly [string, RegExp][] = [
    ["", /one of --connector FILE and --function NAME/],
    ["--connector a --function b --secrets s", /one of --connector/],
    ["--connector a", /--secrets is missing/],
    ["--connector a --secrets s --method ftp", /--method ftp/],
    ["--connector a --secrets s --payload x", /--payload x isn't of the form KEY=VALUE/],
    ["--connector a --secrets s --timeout 2", /--timeout 2/],
    ["--connector a --secrets s --role r", /--role is for --function only/],
    ["--function a --secrets s --timeout 9", /--timeout is for --connector only/],
    ["--function a --secrets s --external-id e", /give --role too/],
    ["--function a --secrets s --method s3", /--method s3 and --bucket NAME belong together/],
    ["--function a --secrets s --bucket b", /belong together/],
    ["--conector a", /--conector/],
  ];
  for (const [args, problem] of bad) {
    it(`F11: a wrong command line is refused: ${args || "(empty)"}`, () => {
      assert.throws(
        () => parseOptions(args.split(" ").filter(Boolean)),
        (error: Error) => error instanceof UsageError && problem.test(error.message),
      );
    });
  }

  it("F11: a right command line is read, with values that have an = in them", () => {
    const args = [
      "--function",
      "f",
      "--role",
      "r",
      "--external-id",
      "e",
      "--secrets",
      "s",
      "--payload",
      "a=b=c",
      "--method",
      "s3",
      "--bucket",
      "b",
    ];
    const options = parseOptions(args);
    assert.deepEqual(options?.payload, { a: "b=c" });
    assert.equal(options?.method, "s3");
    assert.equal(options?.timeoutMs, 60_000);
    assert.equal(parseOptions(["--help"]), undefined);
  });

  it("F11: the command syncs the example from its file, goes on from the state, and shows no secret", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fivetran-invoke-"));
    const api = await startSourceApi({ rows: 300 });
    const secrets = join(folder, "secrets.json");
    const state = join(folder, "state.json");
    writeFileSync(secrets, JSON.stringify(sourceApiSecrets));
    const run = (...more: string[]) =>
      new Promise<{ code: number; output: string }>((resolve) => {
        const args = [
          "--import",
          "tsx",
          "cli/index.ts",
          "fivetran-invoke",
          "--secrets",
          secrets,
          "--payload",
          `apiUrl=${api.url}`,
        ];
        execFile(
          process.execPath,
          [...args, "--connector", "functions/connector-kit/example/handler.ts", ...more],
          { cwd: root },
          (error, stdout, stderr) => {
            resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
          },
        );
      });
    try {
      const first = await run("--state", state, "--rows", folder);
      assert.equal(first.code, 0, first.output);
      assert.match(first.output, /^Request 1: 600 rows, .* complete$/m);
      assert.match(first.output, /^airports\s+300\s+0\s+300\s+0$/m);
      assert.equal(readFileSync(join(folder, "flights.ndjson"), "utf8").trim().split("\n").length, 300);
      api.advance();
      api.setFaults({ failEvery: 2 });
      const second = await run("--state", state, "--method", "s3");
      assert.equal(second.code, 0, second.output);
      assert.match(second.output, /WARN The source didn't answer as it should/);
      const cursor = JSON.parse(readFileSync(state, "utf8")).cursor;
      assert.ok(cursor.airports > 300 && cursor.flights > 300);
      assert.doesNotMatch(first.output + second.output, /local-client|local\/client/);
    } finally {
      await api.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
