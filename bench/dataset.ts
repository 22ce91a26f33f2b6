/**
 * The export that every case reads: made once and kept in the temporary folder
 * under a name that says how it was made.
 *
 * It is written as real exports are, indented by two spaces, with all the
 * oddities of the generator but one: no message id is above 2^53, because the
 * scripts we compare with read numbers as `JSON.parse` does and would write
 * other ids.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"

export interface Dataset {
  readonly directory: string
  /** Zips in the order in which they are read: users, channels, messages by window, failed webhooks. */
  readonly archives: ReadonlyArray<string>
  /** Inflated. */
  readonly bytes: number
  readonly records: Readonly<Record<string, number>>
  readonly total: number
}

export const SCRATCH = join(tmpdir(), "chatferry-bench")

/** Makes the export, or finds the one that was made before. */
export const dataset = async (messages: number, seed = 1): Promise<Dataset> => {
  const directory = join(SCRATCH, `sendbird-pretty-${messages}-seed-${seed}`)
  const about = join(directory, "about.json")
  if (!existsSync(about)) {
    rmSync(directory, { recursive: true, force: true })
    const making = `${directory}.making`
    rmSync(making, { recursive: true, force: true })
    const options = { seed, messages, pretty: true, features: { bigIds: 0 } }
    const { archives, bytes, truth } = await Effect.runPromise(
      SendbirdExport.writeZips(making, options).pipe(Effect.provide(NodeServices.layer))
    )
    const names = archives.map((path) => path.slice(making.length + 1))
    writeFileSync(join(making, "about.json"), JSON.stringify({ names, bytes, records: truth.records }))
    renameSync(making, directory)
  }
  const { bytes, names, records } = JSON.parse(readFileSync(about, "utf8")) as {
    readonly names: ReadonlyArray<string>
    readonly bytes: number
    readonly records: Readonly<Record<string, number>>
  }
  return {
    directory,
    archives: names.map((name) => join(directory, name)),
    bytes,
    records,
    total: Object.values(records).reduce((sum, count) => sum + count, 0)
  }
}
