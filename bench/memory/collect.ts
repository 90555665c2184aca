import { writeFileSync } from "node:fs";
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
  const put = (key: string, body: Buffer) => writeFileSync(join(folder, encodeURIComponent(key)), body);
  report(await collectBenchFile(config, { ...facts, read }, put));
}

requests(({ bytes, folder }) => collect(bytes, folder));
