import type { SinkError } from "@chatferry/core"
import type { Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import { checkFailed } from "../format/failures.ts"
import type { Assembly } from "../resolve/assembly.ts"

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

/** A file that is checked while it is written, if the check has a thread. */
export interface CheckedFile extends TextFile {
  /** Ends the check of this file and of all before it, because other files will take their place. */
  readonly forget: () => void
}

export const checked = (
  assembly: Pick<Assembly, "check" | "settings" | "task">,
  name: string
): CheckedFile => {
  const { check, settings, task } = assembly
  const file = make(task, name)
  if (check === undefined) return { ...file, forget: () => undefined }
  const sent = Effect.mapError(check.sent, checkFailed(settings, task.directory))
  let state: "new" | "checked" | "forgotten" = "new"
  return {
    ...file,
    append: (content, count) => {
      if (state === "forgotten") return file.append(content, count)
      if (state === "new") check.begin(task.pathOf(name))
      state = "checked"
      // The text is only encoded once.
      const [first = "", ...others] = check.add(content)
      const added = [file.append(first, count), ...others.map((part) => file.append(part, 0))]
      return Effect.andThen(Effect.all(added, { discard: true }), sent)
    },
    forget: () => {
      if (state === "checked") check.forget()
      state = "forgotten"
    }
  }
}
