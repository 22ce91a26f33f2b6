import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SinkContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"

const holdsRecords = ({ path }: { readonly path: string }) => path.startsWith("import.")

describe("StreamImportSink keeps the sink contract as lines", () => {
  const make = (directory: string) => StreamImportSink.make({ directory, dialect: "jsonl" })
  it.live.each(SinkContract.rules({ make, holdsRecords }))("$name", ({ check }) =>
    Effect.provide(check, NodeServices.layer)
  )
})

describe("StreamImportSink keeps the sink contract as an array", () => {
  const make = (directory: string) => StreamImportSink.make({ directory, dialect: "json-array" })
  it.live.each(SinkContract.rules({ make, holdsRecords }))("$name", ({ check }) =>
    Effect.provide(check, NodeServices.layer)
  )
})
