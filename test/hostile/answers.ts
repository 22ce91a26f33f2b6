// Bodies and headers that no honest server sends, without using memory here.
import type { Answer } from "./server.ts"

const BLOCK = 1 << 16

type Outlet = Pick<Parameters<Answer>[0], "destroyed" | "end" | "write">

/** Writes pieces as fast as they are read, until `total` bytes are written or the client has disconnected. */
const pour = (to: Outlet, piece: Buffer, total: number, last = ""): void => {
  let left = total
  const more = () => {
    if (to.destroyed) return
    if (left <= 0) return void to.end(last)
    left -= piece.length
    to.write(piece, () => setImmediate(more))
  }
  more()
}

const filled = (pattern: string) => Buffer.from(pattern.repeat(Math.ceil(BLOCK / pattern.length)))

/** An endless body. */
export const endless =
  (pattern = "x", status = 200, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, headers)
    pour(response, filled(pattern), Number.POSITIVE_INFINITY)
  }

/** A body of about this many bytes. */
export const long =
  (
    first: string,
    pattern: string,
    last: string,
    bytes: number,
    headers: Record<string, string> = {}
  ): Answer =>
  (response) => {
    response.writeHead(200, headers)
    response.write(first)
    pour(response, filled(pattern), bytes, last)
  }

/** An object with very many names. */
export const manyNames =
  (count: number): Answer =>
  (response) => {
    response.writeHead(200)
    response.write("{")
    let at = 0
    const more = () => {
      if (response.destroyed) return
      if (at >= count) return void response.end('"last":0}')
      let piece = ""
      for (let i = 0; i < 5000; i++) piece += `"name ${at++}":0,`
      response.write(piece, () => setImmediate(more))
    }
    more()
  }

/** A piece at a time, forever. */
export const dripping =
  (piece: string | Buffer, everyMillis: number, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, headers)
    drip(response, () => response.write(piece), everyMillis)
  }

/** Raw bytes, written directly to the connection. */
export const raw =
  (text: string, isEnd = true): Answer =>
  (response) => {
    const { socket } = response
    socket?.write(text, () => isEnd && socket.destroySoon())
  }

/** The same bytes several times, directly to the connection, which then ends. */
export const rawRepeated =
  (first: string, text: string, times: number): Answer =>
  (response) => {
    const { socket } = response
    if (socket === null) return
    socket.on("error", () => undefined)
    socket.write(first)
    pour(socket, filled(text), times * text.length)
  }

/** Header lines, forever. */
export const rawDripping =
  (first: string, line: string, everyMillis: number): Answer =>
  (response) => {
    const { socket } = response
    socket?.on("error", () => undefined)
    socket?.write(first)
    drip(response, () => socket?.write(line), everyMillis)
  }

// internal

const drip = (response: Parameters<Answer>[0], write: () => unknown, everyMillis: number) => {
  const timer = setInterval(write, everyMillis)
  response.on("close", () => clearInterval(timer))
  response.socket?.on("close", () => clearInterval(timer))
}
