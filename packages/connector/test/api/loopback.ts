// A server with a list of responses that a test supplies.
import { Loopback } from "@chatferry/testkit"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Random } from "effect"

export const services = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)

export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

interface Asked {
  readonly method: string
  /** The path and the query. */
  readonly url: string
  readonly headers: Loopback.Request["headers"]
  readonly body: string
}

export type Answering = (response: Loopback.Response, asked: Asked, number: number) => void

/** Returns the responses in order and repeats the last one. `number` counts from 1. */
export const serve = (...answers: ReadonlyArray<Answering>) =>
  Effect.gen(function* () {
    const asked: Array<Asked> = []
    const baseUrl = yield* Loopback.serve((request, response) => {
      const pieces: Array<Uint8Array> = []
      request.on("data", (piece) => pieces.push(piece))
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

/** Declares more bytes than it sends. */
export const cut =
  (body: string | Buffer, headers: Record<string, string> = {}): Answering =>
  (response) => {
    response.writeHead(200, { "content-length": String(Buffer.byteLength(body) + 100), ...headers })
    response.write(body, () => setImmediate(() => response.destroy()))
  }

/** Randomness without any effect on pauses. */
export const still = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(effect, Random.Random, { nextDoubleUnsafe: () => 0.5, nextIntUnsafe: () => 0 })
