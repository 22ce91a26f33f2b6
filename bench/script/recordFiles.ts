// The output of the peer scripts: one `write` per record to an ordinary write stream.
import { once } from "node:events"
import { createWriteStream, type WriteStream } from "node:fs"
import { join } from "node:path"
import { finished } from "node:stream/promises"
import { counts, type Job, type Kind, type Written } from "../child.ts"
import { canonical } from "./canonical.ts"
import type { Mapper } from "./sendbirdRecords.ts"
import { streamItems } from "./streamItems.ts"

export interface RecordFiles {
  readonly mapper: Mapper
  /** Waits until the streams drain; a script that does not wait runs out of memory sooner or later. */
  readonly drained: () => Promise<void>
  readonly close: () => Promise<Written>
}

export const recordFiles = ({ directory, output }: Job): RecordFiles => {
  const records = counts()
  const files = new Map<string, WriteStream>()
  const fileOf = (name: string) => {
    let file = files.get(name)
    if (file === undefined) files.set(name, (file = createWriteStream(join(directory, name))))
    return file
  }
  let separator = "["
  const mapper =
    output === "ndjson"
      ? canonical((kind: Kind, record) => {
          fileOf(`${kind}.ndjson`).write(`${JSON.stringify(record)}\n`)
          records[kind]++
        })
      : streamItems((kind: Kind, record) => {
          fileOf("import.json").write(`${separator}${JSON.stringify(record)}`)
          separator = ",\n"
          records[kind]++
        })
  return {
    mapper,
    drained: async () => {
      for (const file of files.values()) if (file.writableNeedDrain) await once(file, "drain")
    },
    close: async () => {
      let bytes = 0
      for (const file of files.values()) {
        file.end(output === "ndjson" ? "" : "]")
        await finished(file)
        bytes += file.bytesWritten
      }
      return { records, bytes }
    }
  }
}
