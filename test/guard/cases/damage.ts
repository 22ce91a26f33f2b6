/** Randomly damaged files of every reader. */
import { Mutation } from "@chatferry/testkit"
import { Effect } from "effect"
import { type Reader, readers } from "../../slow/mutations.ts"
import { type Case, ofFiles } from "../case.ts"
import * as Inputs from "../inputs.ts"
import * as Sinks from "../sinks.ts"
import * as Sources from "../sources.ts"

/** Damaged archives mostly fail at once. */
const seedsOf = ({ name }: Reader) => (/(?:zip|gz|manifest)$/u.test(name) && !name.includes("inside") ? 3 : 8)

/** The readers whose files a migration reads; the others are not covered. */
const sourceOf = ({ name }: Reader) =>
  name.startsWith("sendbird")
    ? Sources.sendbird()
    : name.startsWith("stream")
      ? Sources.stream()
      : name.startsWith("ndjson")
        ? Sources.ndjson()
        : undefined

const damaged = (whole: Reader["files"], { repack }: Reader, seed: number): Inputs.Input =>
  Effect.flatMap(whole, (files) => {
    const names = Object.keys(files)
    const hit = names[seed % names.length] ?? ""
    const bytes = files[hit] ?? new Uint8Array()
    const { bytes: changed } = Mutation.mutate(repack?.unpack(bytes) ?? bytes, seed)
    return Inputs.files(() => ({ ...files, [hit]: repack?.pack(changed) ?? changed }))
  })

/** Makes files once. */
const remembered = (files: Reader["files"]): Reader["files"] => {
  let made: Effect.Success<typeof files> | undefined
  return Effect.suspend(() =>
    made === undefined
      ? Effect.tap(files, (found) =>
          Effect.sync(() => {
            made = found
          })
        )
      : Effect.succeed(made)
  )
}

export const damageCases: ReadonlyArray<Case> = readers.flatMap((reader, r) => {
  const source = sourceOf(reader)
  if (source === undefined) return []
  const whole = remembered(reader.files)
  return Array.from({ length: seedsOf(reader) }, (_, i) => {
    const seed = 1000 * r + i
    return ofFiles(`damage: ${reader.name}, seed ${seed}`, damaged(whole, reader, seed), {
      source,
      // All outputs would take three times as long.
      sink: i % 3 === 0 ? Sinks.all : Sinks.ndjson()
    })
  })
})
