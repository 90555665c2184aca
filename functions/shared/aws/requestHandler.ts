// Region, credentials and endpoints come from the environment (AWS_REGION, AWS_ENDPOINT_URL…), as on Lambda.
/** 1 s to connect: a lost SYN is tried again long before the invocation's time is up. */
export const requestHandler = { connectionTimeout: 1_000, requestTimeout: 30_000 };
