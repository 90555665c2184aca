import assert from "node:assert/strict";
import { collectMessage } from "../../../../functions/s3-to-dynamodb/collect/collectMessage";
import type { PipelineConfig, SourceConfig } from "../../../../functions/s3-to-dynamodb/shared/contract";
import type { Deadline } from "../../../../functions/s3-to-dynamodb/shared/deadline";
import { config, FakeCloud, NEVER, s3Event, source } from "./fakes";

/** Collects one file and gives the cloud as it is afterwards, continuations dealt with. */
export async function collect(
  name: string,
  bytes: Buffer | string,
  given: Partial<SourceConfig> = {},
  limits: Partial<PipelineConfig["limits"]> = {},
  deadline: Deadline = NEVER,
  chunkBytes = 64 * 1024,
): Promise<FakeCloud> {
  const cloud = new FakeCloud(config([source(given)], limits));
  cloud.chunkBytes = chunkBytes;
  cloud.put(name, bytes);
  await collectMessage(s3Event(name), cloud.ports, deadline);
  await finish(cloud, deadline);
  return cloud;
}

export async function finish(cloud: FakeCloud, deadline: Deadline): Promise<void> {
  for (let done = 0; done < cloud.continuations.length; done++) {
    await collectMessage(JSON.stringify({ continue: cloud.continuations[done] }), cloud.ports, deadline);
  }
}

/**
 * Collects a file again for each of its bits, turned over.
 * @returns how many records the sound file has, and how many damaged ones were refused.
 * @throws AssertionError when a damaged file lands anything else than the sound one, or lands anything though refused.
 */
export async function flipEveryBit(name: string, good: Buffer): Promise<{ records: number; refused: number }> {
  const sound = (await collect(name, good)).records();
  let refused = 0;
  for (let bit = 0; bit < good.length * 8; bit++) {
    const damaged = Buffer.from(good);
    damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const cloud = await collect(name, damaged);
    const isRefused = cloud.file.status === "quarantined";
    if (isRefused) refused++;
    const where = `byte ${bit >> 3}, bit ${bit & 7}`;
    assert.deepEqual([cloud.records(), cloud.file.collectQuarantined], [isRefused ? [] : sound, 0], where);
    assert.equal(cloud.keys("landing/").length, isRefused ? 0 : 1, where);
  }
  return { records: sound.length, refused };
}
