import {
  BatchGetSecretValueCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { Faults } from "../faults.ts";
import { secretsManagerApi } from "../http/secrets-manager-api.ts";
import { SecretsManager } from "../secrets-manager/secrets-manager.ts";
import { SdkCalls } from "./sdk-calls.ts";
import { sdkHandler } from "./sdk-handler.ts";

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0, 123);
const FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:rotator";
const ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf";
const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** The same service twice: one behind the SDK's client, one behind SdkCalls. */
function twins() {
  const services = [0, 1].map(() => {
    const service = new SecretsManager({ now: () => NOON, randomInt: () => 0 });
    service.placeExisting({
      name: "prod/db",
      createdAt: NOON - 86_400_000,
      versions: [
        { id: id(1), text: "one", stages: [] },
        { id: id(2), text: "two", stages: ["AWSPREVIOUS"] },
        { id: id(3), text: "three", stages: ["AWSCURRENT"] },
      ],
      rotationFunction: FUNCTION,
    });
    service.placeExisting({ name: "bare", createdAt: NOON, versions: [] });
    return service;
  });
  const [overSdk, direct] = services as [SecretsManager, SecretsManager];
  const api = secretsManagerApi({ service: overSdk, faults: new Faults(), rotate: () => {} });
  const sdk = new SecretsManagerClient({
    region: "eu-west-1",
    credentials: { accessKeyId: "planted", secretAccessKey: "planted" },
    requestHandler: sdkHandler(api),
  });
  return { sdk, calls: new SdkCalls(direct) };
}

const answers = [
  new DescribeSecretCommand({ SecretId: "prod/db" }),
  new DescribeSecretCommand({ SecretId: "bare" }),
  new GetSecretValueCommand({ SecretId: ARN, VersionStage: "AWSPREVIOUS" }),
  new GetSecretValueCommand({ SecretId: ARN, VersionId: id(1) }),
  new ListSecretsCommand({ MaxResults: 1 }),
  new ListSecretVersionIdsCommand({ SecretId: ARN, IncludeDeprecated: true }),
  new BatchGetSecretValueCommand({ SecretIdList: [ARN, "bare", "nowhere"] }),
  new RotateSecretCommand({ SecretId: ARN, ClientRequestToken: id(4) }),
  new PutSecretValueCommand({
    SecretId: ARN,
    ClientRequestToken: id(5),
    SecretBinary: Buffer.from("x"),
  }),
  new UpdateSecretVersionStageCommand({
    SecretId: ARN,
    VersionStage: "AWSPREVIOUS",
    MoveToVersionId: id(1),
    RemoveFromVersionId: id(2),
  }),
];

const refusals = [
  new GetSecretValueCommand({ SecretId: "nowhere" }),
  new GetSecretValueCommand({ SecretId: ARN, VersionId: id(3), VersionStage: "AWSPREVIOUS" }),
  new RotateSecretCommand({ SecretId: "bare", ClientRequestToken: id(4) }),
  new DescribeSecretCommand({ SecretId: "a name with blanks" }),
  new PutSecretValueCommand({ SecretId: ARN, ClientRequestToken: id(3), SecretString: "other" }),
];

type Command = (typeof answers)[number];

const cases = (commands: readonly Command[]) =>
  commands.map((command) => [nameOf(command), command.input, command] as const);

function nameOf(command: Command): Parameters<SdkCalls["call"]>[0] {
  return command.constructor.name.replace("Command", "") as Parameters<SdkCalls["call"]>[0];
}

/** `send` has an overload per command. One of them is enough for all. */
const sendBySdk = (sdk: SecretsManagerClient, command: Command) => sdk.send(command as GetSecretValueCommand);

describe("SdkCalls", () => {
  it.each(cases(answers))("answers %s %j as the SDK's client does", async (name, input, command) => {
    const { sdk, calls } = twins();
    const expected = await sendBySdk(sdk, command);
    const { httpStatusCode } = expected.$metadata;
    expect(calls.call(name, input)).toEqual({ ...expected, $metadata: { httpStatusCode } });
  });

  it.each(cases(refusals))("refuses %s %j as the SDK's client does", async (name, input, command) => {
    const { sdk, calls } = twins();
    const bySdk: unknown = await sendBySdk(sdk, command).catch((error: unknown) => error);
    expect(refusalIn(() => calls.call(name, input))).toEqual(shown(bySdk));
  });

  it("reads bytes as the SDK's client does", async () => {
    const { sdk, calls } = twins();
    const put = new PutSecretValueCommand({
      SecretId: ARN,
      ClientRequestToken: id(5),
      SecretBinary: Buffer.from([0, 255]),
    });
    const get = new GetSecretValueCommand({ SecretId: ARN });
    await sendBySdk(sdk, put);
    calls.call("PutSecretValue", put.input);
    const bySdk = await sdk.send(get);
    const { SecretBinary } = calls.call("GetSecretValue", get.input);
    expect([...(SecretBinary ?? [])]).toEqual([...(bySdk.SecretBinary ?? [])]);
  });
});

function refusalIn(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return shown(error);
  }
}

/** The fields of an error that callers read. */
function shown(error: unknown): unknown {
  if (!(error instanceof Error) || !("$metadata" in error)) return error;
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: number };
  return { name: error.name, message: error.message, httpStatusCode };
}
