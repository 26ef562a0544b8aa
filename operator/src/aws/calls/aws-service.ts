import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import type { RateLimit } from "@rotated-secrets/kube-runtime/time/token-bucket";

/** Keys of AWS, or the function that finds them. The same type in all clients of the SDK. */
export type Credentials = NonNullable<SecretsManagerClientConfig["credentials"]>;

/** The settings of each client of the SDK. Without credentials, the client finds them by the SDK's default chain. */
export interface ClientSettings {
  readonly region: string;
  readonly credentials?: Credentials;
  readonly retryMode: "standard";
  readonly maxAttempts: number;
  readonly customUserAgent: [string, string][];
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
    readonly socketTimeout: number;
    readonly httpAgent: HttpAgent;
    readonly httpsAgent: HttpsAgent;
  };
}

/** The part of a client of the SDK that `AwsCaller` uses. */
export interface SdkClient {
  readonly config: { readonly credentials: Credentials };
}

/** How one operation is called. */
export interface OperationRules {
  /** How often it is called in one region of one account. AWS's quotas are shared by everything in the account. */
  readonly limit: RateLimit;
  /** Once: for an operation that must not be repeated unseen. Retried: the SDK tries it up to three times. */
  readonly attempts: "once" | "retried";
  /** Sentences of AWS's messages that callers have to know, by a name. */
  readonly sentences?: Readonly<Record<string, RegExp>>;
}

/** A service of AWS: its client in the SDK, and its operations. `AwsCaller` needs nothing else to call it. */
export interface AwsService<Client extends SdkClient, Operation extends string> {
  /** Asynchronous, so that a service can load its part of the SDK when it is first called. */
  readonly connect: (settings: ClientSettings) => Promise<Client>;
  readonly operations: Readonly<Record<Operation, OperationRules>>;
}
