/**
 * A migration of an export with records of any size, as a separate process. Prints the report about the
 * records, and the peak memory of the process.
 *
 *     node --conditions=@chatferry/source test/largeRecords.program.ts sendbird|stream|ndjson INPUT OUT ndjson|stream-import|rejected
 *
 * With `rejected`, the import rejects all messages, because it does not know their channels.
 */
import { readFileSync } from "node:fs"
import { Migration, Program } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"

const [from = "", input = "", out = "", to = ""] = process.argv.slice(2)

const source =
  from === "sendbird"
    ? SendbirdSource.archives({ inputs: [input] })
    : from === "stream"
      ? StreamSource.files({ inputs: [input] })
      : NdjsonSource.make({ inputs: input })

const sink =
  to === "ndjson"
    ? NdjsonSink.make({ directory: `${out}/${to}` })
    : StreamImportSink.make({
        directory: `${out}/${to}`,
        dialect: "jsonl",
        unknownChannel: to === "rejected" ? "reject" : "synthesise"
      })

const migration = Migration.run({
  id: "large",
  source,
  sink,
  policy: { errorBudget: { percent: 100 }, allowEmpty: to === "rejected" },
  stateDirectory: `${out}/state`
})

process.on("exit", () => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync("/proc/self/status", "utf8")) ?? []
  process.stderr.write(`peak RSS ${kilobytes} kB\n`)
})

Program.run(migration, { command: "again" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
