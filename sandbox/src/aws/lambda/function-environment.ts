import type { AwsEnvironment } from "../credentials.ts";

/**
 * The environment variables that Lambda sets for each function.
 * AWS: Lambda developer guide, "Defined runtime environment variables".
 */
export function functionEnvironment(
  name: string,
  credentials: AwsEnvironment,
): Readonly<Record<string, string>> {
  return {
    ...credentials,
    AWS_DEFAULT_REGION: credentials.AWS_REGION,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "sandbox",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    LANG: "en_US.UTF-8",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TZ: ":UTC",
  };
}
