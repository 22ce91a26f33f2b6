import {
  type Entity,
  Ids,
  Ledger,
  Migration,
  type Report,
  Sink,
  Source,
  Timestamp,
  Transform
} from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink, StreamImportValidator } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { SendbirdEmulator, SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamEmulator } from "@chatferry/testkit/stream"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Redacted } from "effect"
import * as Processes from "./processes.ts"
import { isMany, property } from "./runs.ts"

const onlySupport = Transform.channels("only-support", (channel) => channel.type === "support")

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

const records = <K extends Entity.Kind>(out: string, kind: K) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* fs.readFileString(`${out}/ndjson/${kind}.ndjson`)
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Entity.Entity<K>)
  })

const program = (input: string, out: string) => Processes.spawn("leaveOut.program.ts", [input, out])

it.layer(NodeServices.layer)("a migration that leaves channels, users and messages out", (it) => {
  it.effect("keeps what belongs to the others, and no more, in every output", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* temporary
      const [input, out] = [`${folder}/export`, `${folder}/out`]
      yield* SendbirdExport.writeZips(input, { seed: 5, messages: 3000, overlap: 0.1 })
      const { code, error, out: printed } = yield* Processes.ended(program(input, out))
      assert.include([0, 2], code, error + printed)

      const channels = yield* records(out, "channel")
      assert.isAbove(channels.length, 3)
      for (const one of channels) assert.strictEqual(one.type, "support")
      const ids = new Set(channels.map(({ id }) => id))
      for (const kind of ["member", "message", "reaction"] as const) {
        const found = yield* records(out, kind)
        assert.isAbove(found.length, 0, kind)
        for (const one of found) assert.isTrue(one.channelId === undefined || ids.has(one.channelId), kind)
      }
      for (const one of yield* records(out, "user")) assert.notStrictEqual(one.isDeactivated, true)
      const messages = new Set((yield* records(out, "message")).map(({ id }) => id))
      for (const one of yield* records(out, "reaction")) assert.isTrue(messages.has(one.messageId))

      const report = JSON.parse(
        yield* fs.readFileString(`${out}/state/leave-out/report.json`)
      ) as Report.Report
      const [stream, , ndjson] = report.sinks.map(({ ledger }) => ledger)
      // A sink that resolves references leaves out the same records as the runner does for one that does not.
      for (const kind of ["user", "channel", "member", "message", "reaction"] as const) {
        const [a = {}, b = {}] = [stream?.kinds[kind].dropped, ndjson?.kinds[kind].dropped]
        assert.deepStrictEqual(a, b, kind)
        assert.isAbove(a["only-support"] ?? a["only-active"] ?? 0, 0, kind)
      }
      assert.isAbove(stream?.kinds.message.dropped["unedited"] ?? 0, 0)
      assert.isAbove(stream?.kinds.reaction.dropped["unedited"] ?? 0, 0)
      for (const { ledger } of report.sinks) assert.deepStrictEqual(Ledger.imbalance(ledger), [])
    })
  )

  it.effect(
    "gives the same bytes after kills while it scanned, read, assembled and published",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const folder = yield* temporary
        const input = `${folder}/export`
        yield* SendbirdExport.writeZips(input, { seed: 3, messages: 1500, overlap: 0.1 })
        const whole = yield* Processes.ended(program(input, `${folder}/whole`))
        assert.include([0, 2], whole.code)
        const expected = yield* Processes.digest(`${folder}/whole`)
        const moments = [
          "state/leave-out/left-out.db",
          "stream-jsonl/import.jsonl.part",
          ...(isMany ? ["state/leave-out/checkpoint.json", "stream-jsonl/manifest.json"] : [])
        ]
        for (const moment of moments) {
          const out = `${folder}/${moment.replaceAll("/", "-")}`
          yield* Processes.killBefore(
            Processes.killOnce(program(input, out), fs.exists(`${out}/${moment}`)),
            out,
            fs.exists(`${out}/ndjson/manifest.json`)
          )
          const again = yield* Processes.ended(program(input, out))
          assert.strictEqual(again.code, whole.code, again.error)
          assert.deepStrictEqual(yield* Processes.digest(out), expected, moment)
        }
      }),
    property
  )

  it.effect("rejects nothing and is valid when only one type of channel is kept", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* temporary
      const input = `${folder}/export`
      yield* SendbirdExport.writeZips(input, { seed: 12, messages: 800 })
      const run = (id: string, transforms: ReadonlyArray<Transform.Transform>) =>
        Migration.run({
          id,
          source: SendbirdSource.archives({ inputs: [input] }),
          transforms,
          sink: StreamImportSink.make({ directory: `${folder}/${id}`, dialect: "jsonl" }),
          stateDirectory: `${folder}/state`
        })
      const report = yield* run("support", [onlySupport])
      assert.strictEqual(report.status, "completed")
      assert.strictEqual(report.rejected, 0)
      const [sink] = report.sinks
      assert.isAbove(sink?.ledger.kinds.message.written ?? 0, 0)
      assert.isAbove(sink?.ledger.kinds.message.dropped["only-support"] ?? 0, 0)
      const names = (yield* fs.readDirectory(`${folder}/support`)).filter((name) => name.startsWith("import"))
      const checked = yield* StreamImportValidator.validate({
        files: names.map((name) => `${folder}/support/${name}`)
      })
      assert.isTrue(checked.isValid, StreamImportValidator.format(checked))
    })
  )

  it.effect("ends without a reject when 9,990 of 10,000 channels are left out", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const entities = Array.from({ length: 10_000 }, (_, i): ReadonlyArray<Entity.Entity> => {
        const channelId = Ids.ChannelId.make(`c${i}`)
        const userId = Ids.UserId.make(`u${i % 50}`)
        return [
          {
            _tag: "message",
            id: Ids.MessageId.make(`m${i}`),
            channelId,
            userId,
            type: "regular",
            text: "hello",
            createdAt: Timestamp.Timestamp.make("2024-01-01T00:00:00Z")
          },
          { _tag: "member", channelId, userId },
          { _tag: "channel", id: channelId, form: "group", type: i % 1000 === 0 ? "support" : "team" }
        ]
      }).flat()
      const report = yield* Migration.run({
        id: "many",
        source: Source.fromEntities("memory", entities),
        transforms: [onlySupport],
        sink: Sink.tee([
          StreamImportSink.make({ directory: `${folder}/stream`, dialect: "jsonl" }),
          NdjsonSink.make({ directory: `${folder}/ndjson` })
        ]),
        stateDirectory: `${folder}/state`
      })
      assert.strictEqual(report.status, "completed")
      for (const { ledger } of report.sinks) {
        for (const kind of ["channel", "member", "message"] as const) {
          assert.strictEqual(ledger.kinds[kind].written, 10)
          assert.strictEqual(ledger.kinds[kind].dropped["only-support"], 9990)
        }
      }
    })
  )
})

const online = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)

it.layer(online, { excludeTestServices: true })("a first pass over an API", (it) => {
  it.effect("makes no Sendbird export twice, and reads those on disk again", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const emulator = yield* SendbirdEmulator.start({ data: { seed: 31, messages: 600, windows: 4 } })
      const run = (id: string, transforms: ReadonlyArray<Transform.Transform>) =>
        Migration.run({
          id,
          source: SendbirdSource.api({
            applicationId: emulator.applicationId,
            apiToken: Redacted.make(emulator.apiToken),
            baseUrl: emulator.baseUrl,
            from: emulator.from,
            to: emulator.to,
            dataTypes: ["users", "channels", "messages"],
            directory: `${folder}/${id}/exports`,
            pollEvery: ["1 millis", "5 millis"],
            retryEvery: ["1 millis", "5 millis"]
          }),
          transforms,
          sink: NdjsonSink.make({ directory: `${folder}/${id}/ndjson` }),
          stateDirectory: `${folder}/state`
        })
      const report = yield* run("filtered", [onlySupport])
      assert.isAbove(report.sinks[0]?.ledger.kinds.message.dropped["only-support"] ?? 0, 0)
      const { length } = emulator.registrations()
      assert.deepStrictEqual(emulator.doubleRegistrations(), [])
      yield* run("whole", [])
      assert.strictEqual(emulator.registrations().length, 2 * length)
    })
  )

  it.effect("makes no Stream export twice, and reads those on disk again", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const emulator = yield* StreamEmulator.start({
        data: { seed: 5, messages: 300, channels: 30, users: 30 },
        taskLooks: 1
      })
      const report = yield* Migration.run({
        id: "filtered",
        source: StreamSource.api({
          apiKey: emulator.apiKey,
          apiSecret: Redacted.make(emulator.apiSecret),
          baseUrl: emulator.baseUrl,
          channels: "all",
          users: "all",
          directory: `${folder}/exports`
        }),
        transforms: [Transform.channels("only-messaging", ({ type }) => type === "messaging")],
        sink: NdjsonSink.make({ directory: `${folder}/ndjson` }),
        stateDirectory: `${folder}/state`
      })
      assert.isAbove(report.sinks[0]?.ledger.kinds.channel.dropped["only-messaging"] ?? 0, 0)
      assert.isAbove(emulator.exports().length, 0)
      assert.deepStrictEqual(emulator.doubleExports(), [])
    })
  )
})
