import { Entity } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { Contract, EntityGenerator, SinkContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { isMany, property } from "../../../test/runs.ts"
import * as ImportReader from "./importReader.ts"

const changed = [
  {
    what: "adminUserId",
    sink: StreamImportSink.make({ directory: "one", dialect: "jsonl", adminUserId: "another" })
  }
]

const madeOfParts = ["device_written", "future_channel_ban_written"]
const holdsRecords = ({ path }: { readonly path: string }) => path.startsWith("import.")

// Numbers above 2^53, times below a millisecond, other scripts, and fields that the model does not have.
const kept = ["9007199254740993", "2024-03-05T10:00:00.123456", "съобщение", "planted field"]
const planted = [
  { _tag: "user", id: "sender" },
  { _tag: "channel", id: "planted", form: "group" },
  {
    _tag: "message",
    id: kept[0],
    channelId: "planted",
    userId: "sender",
    type: "regular",
    text: kept[2],
    createdAt: `${kept[1]}Z`,
    custom: { planted: { field: kept[3] } }
  }
].map((one) => Schema.decodeUnknownSync(Entity.Entity)(one))
const entitiesOf = (records: number) => [...planted, ...EntityGenerator.make({ records })]

describe.each([
  { name: "lines", dialect: "jsonl", file: "import.jsonl", records: isMany ? 500 : 300 },
  // The sink assembles both dialects from the same stage.
  { name: "an array", dialect: "json-array", file: "import.json", records: isMany ? 500 : 150 }
] as const)("StreamImportSink fulfils the sink contract as $name", ({ dialect, file, records }) => {
  const make = (directory: string) => StreamImportSink.make({ directory, dialect })
  const entities = entitiesOf(records)
  const rules = SinkContract.rules({ make, entities, holdsRecords, madeOfParts, changed, kept, secrets: [] })
  it.live.each(rules)("$name", ({ check }) => Effect.provide(check, NodeServices.layer), property)

  const readAgain = "publishes what reads back as it was written"
  it.live(`${readAgain}, where the format has a field for it`, () => {
    const readBack = (directory: string) => ImportReader.make(`${directory}/${file}`)
    const read = SinkContract.rules({ make, readBack, fields: ImportReader.fields })
    return Effect.provide(Contract.check(read, readAgain), NodeServices.layer)
  })
})
