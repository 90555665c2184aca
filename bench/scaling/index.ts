import { ItemMaker } from "../../functions/s3-to-dynamodb/load/marshal/item";
import { linePrefix, uploadRecord } from "../../functions/s3-to-dynamodb/shared/upload";
import { FILE_START, FileRefused } from "../../functions/shared/text/cut";
import { detectDialect } from "../../functions/shared/text/dialect";
import { createReader } from "../../functions/shared/text/text";
import type { Benchmark } from "../benchmark";
import { keyedSource } from "../shared/pipelineConfig";
import { grouped, printTable } from "../table";
import { HOSTILE_FIELDS, HOSTILE_QUOTES, HOSTILE_RECORDS, type HostileText } from "./hostile";

/**
 * Twice the input may take so many times as long, the least of three doublings: a step, as from one cache to the next
 * or to an older generation of the heap, comes once, other growth every time. Linear is 2, quadratic 4.
 */
const AIM = 2.8;
const CHUNK = 64 * 1024;
/** Shortest time of the smallest size: less is noise. */
const LEAST_MS = 20;
const RULES = { maxRecordBytes: 64 * 1024 ** 2 };

/** What is measured: made once for a size, run as often as is needed. */
interface Case {
  readonly what: string;
  readonly prepare: (size: number) => () => void;
}

/** CPU time of every reader, and of making items, at n, 2n, 4n and 8n, on input made to be slow. */
export const scaling: Benchmark = {
  title: `time of hostile input at n, 2n, 4n and 8n (aim: one of the doublings takes at most ${AIM} times as long; linear is 2)`,
  run: async ({ rounds }) => {
    const rows: string[][] = [];
    let met = true;
    for (const each of cases()) {
      const size = smallest(each);
      const times = [1, 2, 4, 8].map((factor) => least(each.prepare(size * factor), rounds));
      const growth = times.slice(1).map((time, index) => time / (times[index] as number));
      met = met && Math.min(...growth) <= AIM;
      rows.push([
        each.what,
        grouped(size),
        ...times.map((ms) => grouped(ms, 1)),
        ...growth.map((each) => each.toFixed(1)),
      ]);
    }
    printTable(["", "n", "n: ms", "2n: ms", "4n: ms", "8n: ms", "2n/n", "4n/2n", "8n/4n"], rows);
    return met;
  },
};

function cases(): Case[] {
  return [
    ...[...HOSTILE_QUOTES, ...HOSTILE_RECORDS].map((text) => reading(text)),
    ...Object.entries(HOSTILE_FIELDS).map(([what, write]) => making(what, write)),
  ];
}

function reading({ what, format, write }: HostileText): Case {
  return {
    what: `${format}: ${what}`,
    prepare: (size) => {
      const bytes = Buffer.from(write(size));
      return () => {
        try {
          const dialect = detectDialect(bytes.subarray(0, CHUNK), bytes.length <= CHUNK, { format });
          const reader = createReader(dialect, FILE_START, RULES);
          for (let at = 0; at < bytes.length; at += CHUNK) reader.push(bytes.subarray(at, at + CHUNK));
          reader.end();
        } catch (error) {
          // Refusing is an answer too.
          if (!(error instanceof FileRefused)) throw error;
        }
      };
    },
  };
}

function making(what: string, write: (size: number) => string): Case {
  const facts = { bucket: "b", key: "k", etag: "e", time: "2026-01-01T00:00:00.000Z", size: 1, sequencer: "" };
  const source = keyedSource({ name: "s", keyFields: ["id"], fields: [{ from: "n", to: "n", type: "number" }] });
  const upload = uploadRecord({ source: source.name, ...facts });
  return {
    what: `item: ${what}`,
    prepare: (size) => {
      const line = `${linePrefix(upload)}1,"id":"1",${write(size)}}`;
      return () => {
        try {
          new ItemMaker(source, upload, "order").make(line);
        } catch (error) {
          if (!(error instanceof Error) || error.name !== "RecordError") throw error;
        }
      };
    },
  };
}

/** A size that takes long enough to be measured. */
function smallest({ prepare }: Case): number {
  let size = 1_000;
  while (size < 1_000_000 && least(prepare(size), 2) < LEAST_MS) size *= 2;
  return size;
}

function least(run: () => void, rounds: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const cpu = process.cpuUsage();
    run();
    // Together: the kernel tells the two apart by the tick alone, which is some milliseconds.
    const { user, system } = process.cpuUsage(cpu);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}
