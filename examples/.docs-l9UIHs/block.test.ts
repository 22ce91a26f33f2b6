import { NdjsonSink } from "@chatferry/sink-ndjson"
import { SinkContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"

describe("NdjsonSink keeps the sink contract", () => {
  it.live.each(SinkContract.rules({ make: (directory) => NdjsonSink.make({ directory }) }))(
    "$name",
    ({ check }) => Effect.provide(check, NodeServices.layer)
  )
})
