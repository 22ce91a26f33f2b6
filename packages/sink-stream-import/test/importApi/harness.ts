import { createHash } from "node:crypto"
import { Migration } from "@chatferry/core"
import { type StreamImportApi, StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamEmulator } from "@chatferry/testkit/stream"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, type Path, Redacted, type Scope } from "effect"
import { temporary } from "../../../../test/apiSource.ts"

export const services = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)

/** The folder that a small migration from Sendbird writes. */
export const migrated = (
  dialect: "jsonl" | "json-array"
): Effect.Effect<string, unknown, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const root = yield* temporary
    yield* SendbirdExport.writeZips(`${root}/export`, { messages: 200, seed: 5 })
    const sink = StreamImportSink.make({ directory: `${root}/out`, dialect })
    yield* Migration.run({
      id: "test",
      source: SendbirdSource.archives({ inputs: [`${root}/export`] }),
      sink,
      stateDirectory: `${root}/state`
    })
    return `${root}/out`
  })

export interface Written {
  readonly name: string
  readonly items: ReadonlyArray<object>
}

/** The output folder of a sink with these JSON Lines files. */
export const folderOf = (files: ReadonlyArray<Written>, idMap: ReadonlyArray<object> = []) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* temporary
    const listed: Array<object> = []
    const lines = (items: ReadonlyArray<object>) => items.map((item) => `${JSON.stringify(item)}\n`).join("")
    for (const { items, name } of [...files, { name: "id-map.ndjson", items: idMap }]) {
      const content = lines(items)
      yield* fs.writeFileString(`${directory}/${name}`, content)
      const sha256 = createHash("sha256").update(content).digest("hex")
      listed.push({ path: name, bytes: Buffer.byteLength(content), sha256, records: items.length })
    }
    const manifest = { format: "chatferry-manifest/1", files: listed }
    yield* fs.writeFileString(`${directory}/manifest.json`, JSON.stringify(manifest))
    return directory
  })

export const user = (id: string, fields: object = {}) => ({ type: "user", data: { id, ...fields } })

/** Two files; the second refers to the first. */
export const twoFiles = folderOf([
  { name: "import-1.jsonl", items: [user("ada"), user("bob")] },
  {
    name: "import-2.jsonl",
    items: [{ type: "channel", data: { id: "general", type: "messaging", created_by: "ada" } }]
  }
])

export const configOf = (
  emulator: StreamEmulator.Emulator,
  directory: string,
  config: Partial<StreamImportApi.UploadConfig> = {}
): StreamImportApi.UploadConfig => ({
  apiKey: emulator.apiKey,
  apiSecret: Redacted.make(emulator.apiSecret),
  baseUrl: emulator.baseUrl,
  directory,
  stateDirectory: `${directory}.state`,
  mode: "upsert",
  pollEvery: ["1 millis", "2 millis"],
  retryEvery: ["1 millis", "5 millis"],
  onState: () => Effect.void,
  ...config
})

export const start = (options: StreamEmulator.Options = {}) =>
  StreamEmulator.start({ rateLimit: { calls: 100_000, seconds: 60 }, slowMillis: 5, ...options })
