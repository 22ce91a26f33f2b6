// A server whose answers a test gives in turn.
import { Loopback } from "@chatferry/testkit"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Random } from "effect"

export const services = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)

export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

interface Asked {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Loopback.Request["headers"]
  readonly body: string
}

export type Answering = (response: Loopback.Response, asked: Asked, number: number) => void

/** Answers in turn; the last one goes on for ever. `number` counts from 1. */
export const serve = (...answers: ReadonlyArray<Answering>) =>
  Effect.gen(function* () {
    const asked: Array<Asked> = []
    const baseUrl = yield* Loopback.serve((request, response) => {
      const pieces: Array<Buffer> = []
      request.on("data", (piece: Buffer) => pieces.push(piece))
      request.on("end", () => {
        const { headers, method = "", url = "" } = request
        const one = { method, url, headers, body: Buffer.concat(pieces).toString() }
        asked.push(one)
        answers[Math.min(asked.length, answers.length) - 1]?.(response, one, asked.length)
      })
    })
    return { baseUrl, asked }
  })

export const { hangUp, json, silence } = Loopback

/** Says that more comes than does. */
export const cut =
  (body: string | Buffer, headers: Record<string, string> = {}): Answering =>
  (response) => {
    response.writeHead(200, { "content-length": String(Buffer.byteLength(body) + 100), ...headers })
    response.write(body, () => setImmediate(() => response.destroy()))
  }

/** A chance that changes no pause. */
export const still = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(effect, Random.Random, { nextDoubleUnsafe: () => 0.5, nextIntUnsafe: () => 0 })
