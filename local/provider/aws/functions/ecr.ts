import { GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import type { ProviderFunction } from "../../core/resourceType";
import { ecr, region } from "../clients";

export const getAuthorizationToken: ProviderFunction = {
  token: "aws:ecr/getAuthorizationToken:getAuthorizationToken",
  async call() {
    const { authorizationData: [data] = [] } = await ecr().send(new GetAuthorizationTokenCommand({}));
    const authorizationToken = data?.authorizationToken ?? "";
    const signIn = Buffer.from(authorizationToken, "base64").toString("utf8");
    const userName = signIn.slice(0, signIn.indexOf(":"));
    const password = signIn.slice(userName.length + 1);
    return {
      id: region,
      authorizationToken,
      expiresAt: data?.expiresAt?.toISOString() ?? "",
      password,
      proxyEndpoint: data?.proxyEndpoint ?? "",
      userName,
    };
  },
};
