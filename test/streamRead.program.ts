/**
 * Reads Stream exports to their end, as a process whose memory can be watched.
 *
 *     node --conditions=@chatferry/source test/streamRead.program.ts INPUT
 */
import { readFileSync } from "node:fs"
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Option, Stream } from "effect"

const [input = ""] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const source = StreamSource.files({ inputs: [input] })
  const counts = new Map<string, number>()
  for (const partition of yield* SourceHarness.of(source).partitions) {
    yield* Stream.runForEach(
      SourceHarness.of(source).read(partition, Option.none()),
      ({ records, rejected }) =>
        Effect.sync(() => {
          for (const { _tag } of records) counts.set(_tag, (counts.get(_tag) ?? 0) + 1)
          counts.set("rejected", (counts.get("rejected") ?? 0) + rejected.length)
        })
    )
  }
  process.stdout.write(JSON.stringify(Object.fromEntries(counts)))
})

process.on("exit", () => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync("/proc/self/status", "utf8")) ?? []
  process.stderr.write(`peak RSS ${kilobytes} kB\n`)
})

program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
