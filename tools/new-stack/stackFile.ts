import { Document } from "yaml";
import { namespace } from "../../stacks/mistakes";
import type { SourceOption } from "./options";

export interface StackFileArgs {
  readonly region: string;
  readonly isDisposable: boolean;
  readonly sources: readonly SourceOption[];
  readonly alarmTopicArn?: string;
  readonly bucketNameSuffix?: string;
}

/** With which editors that know the YAML language server complete and check the file. */
export const schemaComment = " yaml-language-server: $schema=stacks/config.schema.json";

/** Text of Pulumi.<stack>.yaml. */
export function stackFile({ region, isDisposable, ...args }: StackFileArgs): string {
  const own = {
    allowDestroy: isDisposable,
    logRetentionDays: isDisposable ? 7 : 365,
    alarmTopicArn: args.alarmTopicArn,
    bucketNameSuffix: args.bucketNameSuffix,
    sources: args.sources,
  };
  const config = Object.fromEntries(Object.entries(own).map(([key, value]) => [`${namespace}:${key}`, value]));
  const document = new Document({ config: { "aws:region": region, ...config } });
  const what = isDisposable ? " May be destroyed with its data." : " Nothing that holds data is deleted.";
  document.commentBefore = `${schemaComment}\n${what} Every key: docs/configuration.md`;
  return document.toString({ lineWidth: 0 });
}
