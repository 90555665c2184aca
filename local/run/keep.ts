/** `--keep`: the local cloud stays up, and the terminal says what to do with it. */
import { servePage } from "./page/serve";
import type { Cloud, Hint, Pipeline, Run } from "./pipeline";

/**
 * Prints how to use the cloud, and waits for Ctrl-C, SIGTERM or the end of a service.
 * @param html the run as a page, which is served meanwhile
 */
export async function keep(pipelines: readonly Pipeline[], run: Run, html: string): Promise<void> {
  const { aws, snowflake, leaveSignals, signal } = run.services;
  const hints: Hint[] = [];
  for (const pipeline of pipelines) hints.push(...((await pipeline.hints?.(run)) ?? []));
  const page = await servePage(html);
  console.log(`
The local cloud stays up until Ctrl-C.
  AWS        ${aws.endpoint} (any client: region us-east-1, access key test, secret test)
  Snowflake  ${snowflake.endpoint} (connectors: protocol http, account fakesnow, any user and password)
  Page       ${page.url} (this run in a browser, as it was at its end)
In another terminal, first:
  ${environmentOf(run)}
${hints.map(({ title, command }) => `${title}:\n  ${command}`).join("\n")}`);
  leaveSignals();
  await new Promise<unknown>((resolve) => {
    process.once("SIGINT", resolve).once("SIGTERM", resolve);
    signal.addEventListener("abort", resolve);
  });
  await page.close();
}

/** Version 1 of the AWS CLI reads AWS_DEFAULT_REGION, version 2 and the SDKs AWS_REGION. */
function environmentOf({ services }: Cloud): string {
  return (
    `export AWS_ENDPOINT_URL=${services.aws.endpoint} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 ` +
    "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
  );
}
