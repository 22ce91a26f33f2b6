import { Json, Migration, RejectedLine, Source } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"

const file = {
  messages: [
    { message_id: "9007199254740993", message: "Hello", created_at: "soon" },
    { message_id: "9007199254740995", message: "Hi", created_at: 1736855618748 }
  ],
  channel: { channel_url: "lobby" }
}

it.live("a rejected message is corrected and migrated", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    yield* fs.makeDirectory(`${folder}/export`)
    yield* fs.writeFileString(`${folder}/export/lobby.json`, JSON.stringify(file))
    const source = SendbirdSource.archives({ inputs: [`${folder}/export`] })
    const report = yield* Migration.run({
      id: "chat",
      source,
      sink: NdjsonSink.make({ directory: `${folder}/out` }),
      stateDirectory: `${folder}/state`
    })
    assert.strictEqual(report.rejected, 1)

    const [line = ""] = (yield* fs.readFileString(report.rejects)).split("\n")
    const { action: _, ...told } = yield* RejectedLine.decode(line)
    assert.deepStrictEqual(told, {
      stage: "source",
      source: "sendbird-archives",
      kind: "message",
      code: "invalid_time",
      message: "created_at is missing or is no time",
      place: "export/lobby.json:messages[0] (byte 13)",
      context: { list: "messages", channel: "lobby" },
      original: { message_id: "9007199254740993", message: "Hello", created_at: "soon" }
    })

    // What an editor does: the time is put right, and nothing else.
    const corrected = line.replace('"soon"', "1736855610000")
    const mapped = yield* source.rejected?.(corrected) ?? Effect.die("it reads no rejects")
    assert.deepStrictEqual(mapped.rejected, [])

    yield* Migration.run({
      id: "chat-corrected",
      source: Source.fromEntities("corrected", mapped.records),
      sink: NdjsonSink.make({ directory: `${folder}/corrected` }),
      stateDirectory: `${folder}/state`
    })
    const written = yield* fs.readFileString(`${folder}/corrected/message.ndjson`)
    assert.deepInclude(Json.parse(written), { id: "9007199254740993", channelId: "lobby", text: "Hello" })
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
)
