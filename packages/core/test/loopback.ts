// A server on loopback whose answers a test decides, down to the connection.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer } from "effect"

export const services = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)

export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

interface Asked {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export type Answering = (response: ServerResponse, asked: Asked, number: number) => void

/** Answers in turn; the last one goes on for ever. `number` counts from 1. */
export const serve = (...answers: ReadonlyArray<Answering>) =>
  Effect.gen(function* () {
    const asked: Array<Asked> = []
    const server = createServer((request, response) => {
      const pieces: Array<Buffer> = []
      request.on("data", (piece: Buffer) => pieces.push(piece))
      request.on("end", () => {
        const { headers, method = "", url = "" } = request
        const one = { method, url, headers, body: Buffer.concat(pieces).toString() }
        asked.push(one)
        answers[Math.min(asked.length, answers.length) - 1]?.(response, one, asked.length)
      })
    })
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    )
    const { port } = server.address() as AddressInfo
    return { baseUrl: `http://127.0.0.1:${port}`, asked }
  })

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answering =>
  (response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body))

/** Ends the connection without an answer. */
export const hangUp: Answering = (response) => void response.destroy()

/** Says that more comes than does. */
export const cut =
  (body: string | Buffer, headers: Record<string, string> = {}): Answering =>
  (response) => {
    response.writeHead(200, { "content-length": String(Buffer.byteLength(body) + 100), ...headers })
    response.write(body, () => setImmediate(() => response.destroy()))
  }

/** Never answers. */
export const silence: Answering = () => undefined
