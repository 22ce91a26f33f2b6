import { Addresses } from "@chatferry/connector"
import type { Source } from "@chatferry/core"
import { StreamSource } from "@chatferry/source-stream"
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { recordsOf } from "../../../../test/apiSource.ts"
import { API_KEY, type App, SECRET } from "./app.ts"

export { copied, distinct, readAll, recordsOf, temporary } from "../../../../test/apiSource.ts"

export const services = NodeServices.layer

export const sourceOf = (directory: string, config: Partial<StreamSource.ApiConfig> = {}): ApiSource =>
  StreamSource.api({
    apiKey: API_KEY,
    apiSecret: Redacted.make(SECRET),
    directory,
    pollEvery: ["1 millis", "2 millis"],
    retryEvery: ["1 millis", "2 millis"],
    ...config
  })

export type ApiSource = ReturnType<typeof StreamSource.api>

/** The effect with an app, whose host names lead to a public address without asking a name server. */
export const against =
  (app: Pick<App, "http">) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, HttpClient.HttpClient>> =>
    effect.pipe(
      Effect.provideService(HttpClient.HttpClient, app.http),
      Effect.provideService(Addresses.Resolver, () => Effect.succeed(["93.184.215.14"]))
    )

export const idsOf = (batches: ReadonlyArray<Source.Batch>, kind: "channel" | "message" | "user") =>
  new Set(recordsOf(batches).flatMap((record) => (record._tag === kind ? [String(record.id)] : [])))

/** Records without fields that the model lacks, which the tests of reading cover. */
export const notesOf = (batches: ReadonlyArray<Source.Batch>): Readonly<Record<string, number>> => {
  const sum: Record<string, number> = {}
  for (const { notes = {} } of batches) {
    for (const [code, count] of Object.entries(notes))
      if (!code.includes(".")) sum[code] = (sum[code] ?? 0) + count
  }
  return sum
}

/** Changes the text of the exports in the folder of a source. */
export const edited = (directory: string, edit: (text: string) => string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    for (const name of yield* fs.readDirectory(directory)) {
      const file = `${directory}/${name}`
      if ((yield* fs.stat(file)).type === "File")
        yield* fs.writeFileString(file, edit(yield* fs.readFileString(file)))
    }
  })
