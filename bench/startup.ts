/**
 * What a program pays before it does anything: `node startup.ts NAME` imports what the name says and prints the
 * milliseconds since the process began, and of CPU.
 */
const IMPORTS: Readonly<Record<string, () => Promise<unknown>>> = {
  effect: () => Promise.all([import("effect/Effect"), import("@effect/platform-node/NodeServices")]),
  chatferry: () =>
    Promise.all([
      import("effect/Effect"),
      import("@effect/platform-node/NodeServices"),
      import("@chatferry/core"),
      import("@chatferry/source-sendbird"),
      import("@chatferry/sink-stream-import")
    ])
}

await IMPORTS[process.argv[2] ?? ""]?.()
const { system, user } = process.cpuUsage()
console.log(JSON.stringify({ millis: performance.now(), cpuMillis: (system + user) / 1000 }))
