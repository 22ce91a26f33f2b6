import { Json } from "@chatferry/core/files"
import type { Location } from "./finding.ts"
import type { Spill } from "./spill.ts"

/** Where something stands that waits for what comes later in the file. */
interface Mention extends Location {
  readonly type: string
  readonly pointer: string
}

/** What can be judged only when all items of a file were read. */
export type Waiting = Mention &
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

/** Some in memory, more on disk; they come out in the order in which they went in. */
export class WaitingList {
  readonly #spill: Spill
  #isSpilled = false
  #list: Array<Waiting> = []
  /** Characters in `#list`, as far as a file says how many. */
  #size = 0

  constructor(spill: Spill) {
    this.#spill = spill
  }

  add(waiting: Waiting): void {
    this.#list.push(waiting)
    this.#size += sizeOf(waiting)
    if (this.#list.length < IN_MEMORY && this.#size < CHARACTERS_IN_MEMORY) return
    this.#spill.wait(this.#list.map((one) => JSON.stringify(one)))
    this.#isSpilled = true
    this.#list = []
    this.#size = 0
  }

  /** Gives everything, in pieces, and forgets it. */
  *drain(): IterableIterator<Waiting> {
    const last = this.#list
    this.#list = []
    this.#size = 0
    if (this.#isSpilled) {
      for (const text of this.#spill.waiting()) yield Json.parse(text) as Waiting
      this.#spill.forgetWaiting()
      this.#isSpilled = false
    }
    yield* last
  }
}

// internal

const IN_MEMORY = 20_000
const CHARACTERS_IN_MEMORY = 4 << 20

const sizeOf = (waiting: Waiting): number =>
  waiting.what === "members"
    ? waiting.members.reduce((sum, id) => sum + id.length, 0)
    : waiting.key.length + waiting.pointer.length + ("owner" in waiting ? waiting.owner.length : 0)
