import { collectMessage } from "../../../../functions/s3-to-dynamodb/collect/collectMessage";
import type { CollectDeadline } from "../../../../functions/s3-to-dynamodb/collect/deadline";
import type { PipelineConfig, SourceConfig } from "../../../../functions/s3-to-dynamodb/shared/contract";
import { config, FakeCloud, NEVER, s3Event, source } from "./fakes";

/** Collects one file and gives the cloud as it is afterwards, continuations dealt with. */
export async function collect(
  name: string,
  bytes: Buffer | string,
  given: Partial<SourceConfig> = {},
  limits: Partial<PipelineConfig["limits"]> = {},
  deadline: CollectDeadline = NEVER,
  chunkBytes = 64 * 1024,
): Promise<FakeCloud> {
  const cloud = new FakeCloud(config([source(given)], limits));
  cloud.chunkBytes = chunkBytes;
  cloud.put(name, bytes);
  await collectMessage(s3Event(name), cloud.ports, deadline);
  await finish(cloud, deadline);
  return cloud;
}

export async function finish(cloud: FakeCloud, deadline: CollectDeadline): Promise<void> {
  for (let done = 0; done < cloud.continuations.length; done++) {
    const upload = cloud.continuations[done];
    await collectMessage(JSON.stringify({ continue: { upload } }), cloud.ports, deadline);
  }
}
