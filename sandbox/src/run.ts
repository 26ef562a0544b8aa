import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** A program ended with a status other than 0. The message contains its error output. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

/** Runs a program to its end. Resolves with its output. @throws CommandFailed */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd?: string; readonly input?: string },
): Promise<string> {
  const child = spawn(program, args, { env: options.env, cwd: options.cwd, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // A program that does not read its input closes it, which is not an error.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const [output, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0)
    throw new CommandFailed(`${program} ${args.join(" ")}: exit status ${code}\n${complaint}${output}`);
  return output;
}
