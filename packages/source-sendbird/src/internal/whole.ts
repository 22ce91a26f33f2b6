// Files that hold one record and nothing else.
import { ArchiveReader } from "@chatferry/connector"
import { type BatchBuilder, JsonElements, Rejected } from "@chatferry/core"
import type { FileContext } from "./lists.ts"
import { value } from "./values.ts"

/** What is rejected of it is read again as a line is. */
export const whole: ArchiveReader.Format<FileContext> = {
  open: (file, context, { maxElementBytes }, at) => {
    if (at !== undefined && at["isRead"] !== true) return undefined
    const pieces: Array<Buffer> = []
    let isRead = at !== undefined
    let size = at?.offset ?? 0
    let isEnded = false
    return {
      push: (chunk) => {
        size += chunk.length
        if (size <= maxElementBytes) pieces.push(Buffer.from(chunk))
      },
      end: () => {
        isEnded = true
      },
      at: () => (isRead ? { offset: size, isRead } : undefined),
      next: () => {
        if (!isEnded || isRead) return false
        isRead = true
        const part = ArchiveReader.located(file, partOf(Buffer.concat(pieces), size > maxElementBytes, size))
        const origin = new RecordOrigin(part, file.place)
        const mapping = { out: context.out, kind: "unknown", noun: "record", maxElementBytes } as const
        ArchiveReader.eachRecord(part, origin, mapping, (record) => value(record, context))
        return true
      }
    }
  }
}

// internal

const partOf = (bytes: Buffer, isTooLarge: boolean, size: number) => {
  const failures = new Map<number, JsonElements.ElementProblem>()
  let found: unknown
  if (isTooLarge) failures.set(0, "too large")
  else {
    try {
      found = JsonElements.parse(bytes.toString("utf8").replace(MARK, ""))
    } catch {
      failures.set(0, "not valid JSON")
    }
  }
  return { values: [found], failures, bytesOf: () => bytes, offsetOf: () => 0, endOf: () => size }
}

type Part = Pick<ReturnType<typeof partOf>, "bytesOf" | "endOf" | "offsetOf">

/** A byte order mark. */
const MARK = /^\uFEFF/u

class RecordOrigin implements BatchBuilder.Origin {
  readonly #part: Part
  readonly #place: string
  i = 0

  constructor(part: Part, place: string) {
    this.#part = part
    this.#place = place
  }

  place(within: string): string {
    return `${this.#place}:${within} (${Rejected.bytesOf(this.range())})`
  }

  range(): Rejected.Range {
    return { from: this.#part.offsetOf(), to: this.#part.endOf() }
  }

  text(): string {
    return this.#part.bytesOf().toString("utf8")
  }

  context(): { readonly part: "line" } {
    return { part: "line" }
  }
}
