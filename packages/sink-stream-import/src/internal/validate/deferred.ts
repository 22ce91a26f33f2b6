import { Json } from "@chatferry/core/files"
import type { Location } from "./finding.ts"
import type { Spill } from "./spill.ts"

/** The location of a reference to items that may come later in the file. */
interface Mention extends Location {
  readonly type: string
  readonly pointer: string
}

/** A check that needs all items of a file. */
export type DeferredCheck = Mention &
  (
    | {
        readonly what: "user"
        readonly user: number
        readonly key: string
        readonly isMuted: boolean
        readonly owner: string
      }
    | {
        readonly what: "channel"
        readonly channel: number
        readonly key: string
        readonly isMuted: boolean
        readonly owner: string
      }
    | { readonly what: "message" | "quoted"; readonly key: string }
    | { readonly what: "parent"; readonly key: string; readonly channel: number }
    | {
        readonly what: "team"
        readonly user: number
        readonly channel: number
        readonly key: string
        readonly owner: string
      }
    | { readonly what: "members"; readonly channel: number; readonly members: ReadonlyArray<string> }
  )

/** A queue of deferred checks: some are in memory, the others on disk. */
export class DeferredChecks {
  readonly #spill: Spill
  #isSpilled = false
  #list: Array<DeferredCheck> = []
  /** The approximate number of characters in `#list`. */
  #size = 0

  constructor(spill: Spill) {
    this.#spill = spill
  }

  add(check: DeferredCheck): void {
    this.#list.push(check)
    this.#size += sizeOf(check)
    if (this.#list.length < IN_MEMORY && this.#size < CHARACTERS_IN_MEMORY) return
    this.#spill.defer(this.#list.map((one) => JSON.stringify(one)))
    this.#isSpilled = true
    this.#list = []
    this.#size = 0
  }

  /** Yields and removes all checks. */
  *drain(): IterableIterator<DeferredCheck> {
    const last = this.#list
    this.#list = []
    this.#size = 0
    if (this.#isSpilled) {
      for (const text of this.#spill.deferred()) yield Json.parse(text) as DeferredCheck
      this.#spill.forgetDeferred()
      this.#isSpilled = false
    }
    yield* last
  }
}

// internal

const IN_MEMORY = 20_000
const CHARACTERS_IN_MEMORY = 4 << 20

const sizeOf = (check: DeferredCheck): number =>
  check.what === "members"
    ? check.members.reduce((sum, id) => sum + id.length, 0)
    : check.key.length + check.pointer.length + ("owner" in check ? check.owner.length : 0)
