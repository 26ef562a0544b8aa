import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import type { CallObserver } from "../aws/calls/aws-caller.ts";
import { AwsRotations } from "../aws/calls/rotations.ts";
import { SecretsManager } from "../aws/calls/secrets-manager.ts";
import type { SecretsManagerApi } from "../aws/calls/secrets-manager-api.ts";
import { AwsSecretCatalogue } from "../aws/catalogue/catalogue.ts";
import { SecurityTokenService } from "../aws/identity/security-token-service.ts";
import { type MayAssume, ServiceAccountSessions } from "../aws/identity/service-account-sessions.ts";
import { AwsSecretValues } from "../aws/values/values.ts";
import { mayAssume } from "../lifecycle/access/grants.ts";
import type { Resources } from "../ports/resources.ts";
import type { ServiceAccounts } from "../ports/service-accounts.ts";
import type { Settings } from "../settings.ts";

/** How the operator reaches AWS. */
export interface AwsAccess {
  readonly catalogue: AwsSecretCatalogue;
  readonly values: AwsSecretValues;
  readonly rotations: AwsRotations;
  /** Ends all reading; closes the connections of clients that were created here. */
  stop(): void;
}

/** Options of awsAccess. */
export interface AwsAccessOptions {
  readonly settings: Pick<Settings, "list-every" | "describe-every" | "describe-unlisted-every">;
  readonly clock: Clock;
  readonly random: Random;
  /** The operator's version, for the user agent. */
  readonly version: string;
  readonly observe: CallObserver;
  readonly resources: Resources;
  readonly serviceAccounts: Pick<ServiceAccounts, "recent" | "token">;
  /** @default AWS Secrets Manager over the SDK */
  readonly api?: SecretsManagerApi | undefined;
}

/** Creates catalogue and values. Nothing is sent yet. */
export function awsAccess({ settings, api: given, ...options }: AwsAccessOptions): AwsAccess {
  const { clock, random } = options;
  const { api, close } = given === undefined ? overSdk(options) : { api: given, close: () => {} };
  const catalogue = new AwsSecretCatalogue({
    clock,
    random,
    api,
    settings: {
      listEveryMs: settings["list-every"],
      describeEveryMs: settings["describe-every"],
      describeUnlistedEveryMs: settings["describe-unlisted-every"],
    },
  });
  const values = new AwsSecretValues({ clock, api });
  const stop = () => {
    catalogue.stop();
    values.stop();
    close();
  };
  return { catalogue, values, rotations: new AwsRotations(api), stop };
}

function overSdk({
  resources,
  serviceAccounts: accounts,
  ...options
}: Omit<AwsAccessOptions, "settings" | "api">) {
  const sts = new SecurityTokenService(options);
  const sessions = new ServiceAccountSessions({
    ...options,
    accounts,
    mayAssume: byPolicies(resources),
    assumeRole: (request, signal) => sts.assumeRole(request, signal),
  });
  const api = new SecretsManager({ ...options, sessions });
  const close = () => {
    sessions.stop();
    api.close();
    sts.close();
  };
  return { api, close };
}

function byPolicies(resources: Resources): MayAssume {
  return (namespace, roleArn) => {
    const namespaceLabels = resources.namespaceLabels(namespace);
    return mayAssume({ policies: resources.policies(), namespaceLabels }, roleArn);
  };
}
