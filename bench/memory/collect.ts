import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectBenchFile } from "../shared/collect";
import { report, requests } from "./child";
import { config, csv } from "./rows";

/** Collects the generated table in one invocation; the parts go into files, the load messages to the parent. */
async function collect(bytes: number, folder: string): Promise<void> {
  const facts = { key: "generated.csv", etag: "generated", time: "2026-01-01T00:00:00.000Z", size: bytes };
  async function* read(): AsyncGenerator<Buffer> {
    yield* csv(bytes);
  }
  const fileOf = (key: string): string => join(folder, encodeURIComponent(key));
  const put = (key: string, body: Buffer) => writeFileSync(fileOf(key), body);
  const move = (from: string, to: string) => renameSync(fileOf(from), fileOf(to));
  report(await collectBenchFile(config, { ...facts, read }, { put, move }));
}

requests(({ bytes, folder }) => collect(bytes, folder));
