import { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"

export interface Settings {
  readonly name: string
  readonly directory: string
}

export const failed = ({ name }: Settings, reason: SinkError.SinkErrorReason): SinkError.SinkError =>
  new SinkError.SinkError({ sink: name, reason })

/** Runs code that throws only when a file cannot be read or written. */
export const attempt = <A>(
  settings: Settings,
  path: string,
  code: () => A
): Effect.Effect<A, SinkError.SinkError> =>
  Effect.try({
    try: code,
    catch: (cause) => failed(settings, new SinkError.WriteFailed({ path, cause }))
  })
