import assert from "node:assert/strict";
import fc from "fast-check";
import { cut } from "../../../components/fivetran-dbt-orchestration/flow/outcome";
import { summaryBytes } from "../../../components/fivetran-dbt-orchestration/limits";
import type { FlowSettings } from "../../../components/fivetran-dbt-orchestration/settings";
import type { Json } from "../../../components/parts/asl/types";
import { type Answers, fault, idOf, run } from "./run";
import { type Ended, evaluate } from "./simulate";

const idAt = (i: number): string =>
  `${"a_long_name_of_a_connection_".repeat(3).slice(0, 58)}_${String(i).padStart(4, "0")}`;

/** Everything fails, with reasons as long and as strange as they come. */
function failing(count: number, reason: string): Answers {
  return {
    "List connections": () => ({ Payload: { connectors_list: Array.from({ length: count }, (_, i) => idAt(i)) } }),
    "Sync connection": (call) =>
      fault("FivetranRescheduledTooLateAndWithALongerNameThanThat", { connection_id: idOf(call), reason }),
  };
}

const many: Partial<FlowSettings> = { maxConnections: 1_000, mapMode: "distributed", concurrency: 1_000 };
const noticeOf = ({ calls }: Ended): string =>
  String(calls.find(({ state }) => state === "Notify")?.arguments.Message ?? assert.fail("nobody was told"));

describe("The sizes of a run", function () {
  this.timeout(120_000);
  const reasons = {
    "non-ASCII": "数据源的连接已断开，请重新登录。".repeat(2_000),
    "of two code units": "🐘🚀".repeat(4_000),
    quotes: '"\\'.repeat(5_000),
    "control characters": "\u0001\u0002\n\t".repeat(3_000),
    plain: "The source can't be reached. ".repeat(300),
  };
  for (const [what, reason] of Object.entries(reasons)) {
    it(`O17: a thousand connections that all fail, reasons ${what}: everybody is named, and nothing is too large`, async () => {
      const ended = await run(failing(1_000, reason), many);
      assert.deepEqual([ended.status, ended.error], ["FAILED", "FivetranSyncFailed"], ended.cause);
      const notice = noticeOf(ended);
      assert.ok(Buffer.byteLength(notice) <= 262_144, `${Buffer.byteLength(notice)} bytes`);
      for (let i = 0; i < 1_000; i += 1) assert.ok(notice.includes(idAt(i)), idAt(i));
      assert.ok(String(ended.cause).length <= 32_768);
      assert.match(String(ended.cause), /^1000 of 1000 connections failed/);
      assert.match(String(ended.cause), /and 850 more\. The notification says why\.$/);
    });
  }

  it("O17: a failed dbt names the failed connections too, and both fit into one notification", async () => {
    const nodes = Array.from({ length: 40 }, (_, i) => ({
      unique_id: `model.shop.m${i}`,
      status: "error",
      message: "é".repeat(180),
    }));
    const summary = JSON.stringify({ status: "failed", retried: true, nodes });
    assert.ok(Buffer.byteLength(summary) > 0.8 * summaryBytes && Buffer.byteLength(summary) <= summaryBytes);
    const ended = await run(
      {
        ...failing(1_000, reasons["non-ASCII"]),
        "Run dbt": () => fault("States.TaskFailed", "{}"),
        "Read dbt result": () => ({ Body: summary }),
      },
      { ...many, quorum: 0 },
    );
    assert.equal(ended.error, "DbtFailed");
    const notice = noticeOf(ended);
    assert.ok(Buffer.byteLength(notice) <= 262_144);
    assert.match(notice, /model\.shop\.m39: error/);
    assert.match(notice, /These connections failed too:/);
    assert.ok(notice.includes(idAt(999)));
    assert.ok(String(ended.cause).length <= 32_768);
  });

  it("O17: a thousand that succeed, or are skipped, fit too", async () => {
    const answers = failing(1_000, "");
    for (const status of ["SUCCESSFUL", "SKIPPED"]) {
      const ended = await run({ ...answers, "Sync connection": () => ({ status, reason: reasons.plain }) }, many);
      assert.equal(ended.status, "SUCCEEDED", ended.cause);
    }
  });

  it("O17: fifty connections keep their reasons and their logs' addresses, also in the execution's cause", async () => {
    const ended = await run(failing(50, "The source's certificate has expired."), { maxConnections: 50 });
    const lines = String(ended.cause).split("\n").slice(1);
    assert.equal(lines.length, 50);
    for (const line of lines) {
      assert.match(
        line,
        /: The source's certificate has expired\. https:\/\/fivetran\.com\/dashboard\/connections\/a_long/,
      );
    }
  });

  it("O17: a text is cut to so many bytes, whatever it has, and one that fits stays whole", async () => {
    const any = fc.string({ unit: "binary", size: "max", maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(any, fc.integer({ min: 16, max: 300 }), async (text, bytes) => {
        const short = String(await evaluate(`{% ${cut("$text", bytes)} %}`, { text } as Record<string, Json>));
        // As JSON, which is what a state is made of; a half of a pair of code units becomes one character of three bytes.
        assert.ok(Buffer.byteLength(short) <= bytes, `${Buffer.byteLength(short)} of ${bytes}`);
        assert.equal(JSON.stringify(short).length, short.length + 2, "nothing in it has to be escaped");
        if (/^[ !#-[\]-~]*$/.test(text) && text.length <= bytes) assert.equal(short, text);
      }),
      { numRuns: 200 },
    );
  });
});
