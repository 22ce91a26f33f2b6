import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SinkContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"

const changed = [
  {
    what: "adminUserId",
    sink: StreamImportSink.make({ directory: "one", dialect: "jsonl", adminUserId: "another" })
  }
]

const holdsRecords = ({ path }: { readonly path: string }) => path.startsWith("import.")

describe("StreamImportSink keeps the sink contract as lines", () => {
  const make = (directory: string) => StreamImportSink.make({ directory, dialect: "jsonl" })
  it.live.each(SinkContract.rules({ make, holdsRecords, changed }))("$name", ({ check }) =>
    Effect.provide(check, NodeServices.layer)
  )
})

describe("StreamImportSink keeps the sink contract as an array", () => {
  const make = (directory: string) => StreamImportSink.make({ directory, dialect: "json-array" })
  it.live.each(SinkContract.rules({ make, holdsRecords, changed }))("$name", ({ check }) =>
    Effect.provide(check, NodeServices.layer)
  )
})
