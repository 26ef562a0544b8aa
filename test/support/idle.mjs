// A container that does nothing until SIGTERM, and then for TERMINATION_MS more.
process.on("SIGTERM", () => setTimeout(() => process.exit(0), Number(process.env.TERMINATION_MS ?? 0)));
setInterval(() => {}, 60_000);
