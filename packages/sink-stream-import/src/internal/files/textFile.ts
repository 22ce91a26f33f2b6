import type { SinkError } from "@chatferry/core"
import type { Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"

/** A part of the output to which text or bytes are appended. */
export interface TextFile {
  readonly name: string
  readonly bytes: () => number
  readonly records: () => number
  readonly append: (content: string | Uint8Array, records: number) => Effect.Effect<void, SinkError.SinkError>
  /** Ends the file: from now on, it can only be read. */
  readonly close: Effect.Effect<Phase.ClosedPiece, SinkError.SinkError>
}

export const make = (task: Phase.Task, name: string): TextFile => {
  let bytes = 0
  let records = 0
  return {
    name,
    bytes: () => bytes,
    records: () => records,
    append: (content, count) => {
      bytes += task.append(name, content, count)
      records += count
      return task.drain
    },
    close: Effect.suspend(() => task.close(name))
  }
}
