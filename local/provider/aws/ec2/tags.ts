import { CreateTagsCommand, DeleteTagsCommand, type ResourceType } from "@aws-sdk/client-ec2";
import { ec2 } from "../clients";
import { droppedTags, tagList } from "../tags";

type Tags = Readonly<Record<string, string>>;

/** Tags as EC2 takes them when it makes something. */
export function tagsOf(ResourceType: ResourceType, tags: Tags | undefined) {
  return tags && Object.keys(tags).length > 0 ? [{ ResourceType, Tags: tagList(tags) }] : undefined;
}

/** Changes the tags of anything in EC2. @returns the output that tells them */
export async function retag(id: string, before: Tags | undefined, after: Tags | undefined): Promise<{ tagsAll: Tags }> {
  const dropped = droppedTags(before, after);
  if (dropped.length > 0) {
    await ec2().send(new DeleteTagsCommand({ Resources: [id], Tags: dropped.map((Key) => ({ Key })) }));
  }
  if (Object.keys(after ?? {}).length > 0) {
    await ec2().send(new CreateTagsCommand({ Resources: [id], Tags: tagList(after) }));
  }
  return { tagsAll: after ?? {} };
}
