/**
 * Stands in for the SDK's default credential chain in the bundles (esbuild: `alias`). Lambda gives a function its role's
 * credentials in the environment and in no other way; the chain's other providers are 90 KB that never run.
 * Lambda renews the credentials by starting a new process, so they need no expiry here.
 */
export function defaultProvider(): () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}> {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (!accessKeyId || !secretAccessKey) {
      throw new Error(
        "AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set. Lambda sets them; outside of it, set them by hand.",
      );
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  };
}
