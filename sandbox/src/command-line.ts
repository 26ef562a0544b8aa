/** The request on the command line of a program. */
export type CommandLine<Options> =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly problem: string }
  | { readonly kind: "run"; readonly options: Options };

/**
 * Runs the program, or prints its help, or says what is wrong with the command line.
 * @param run does the program's work; resolves with the exit status
 * @returns the exit status: 2 for an invalid command line
 */
export async function runCommandLine<Options>(
  commandLine: CommandLine<Options>,
  run: (options: Options) => Promise<number>,
): Promise<number> {
  switch (commandLine.kind) {
    case "help":
      process.stdout.write(commandLine.text);
      return 0;
    case "invalid":
      process.stderr.write(`${commandLine.problem}\nSee --help.\n`);
      return 2;
    case "run":
      return await run(commandLine.options);
  }
}
