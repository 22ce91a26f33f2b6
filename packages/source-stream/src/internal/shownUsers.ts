// Every message shows its author in full, so users are remembered for a while: what was shown last is not told again.
import { sha256 } from "./files/sha256.ts"
import type { Wire } from "./wire.ts"

interface Slot {
  /** What the user looked like, as JSON. */
  text?: string | undefined
  /** A hash of that, all that is left of it after reading was taken up again. */
  print?: string | undefined
}

const SLOTS = 256

/** Depends on what was read before and on nothing else, so that reading goes on after a position as if it had not stopped. */
export class ShownUsers {
  readonly #slots: Array<Slot> = Array.from({ length: SLOTS }, () => ({}))

  constructor(prints: ReadonlyArray<string> = []) {
    for (const [i, slot] of this.#slots.entries()) if (prints[i] !== "") slot.print = prints[i]
  }

  /** Tells whether a user looks other than last time, or was not shown lately. */
  isNews(id: string, user: Wire): boolean {
    const slot = this.#slots[slotOf(id)] as Slot
    const text = textOf(user)
    if (text === undefined) return true
    if (slot.text === text) return false
    const isKnown = slot.text === undefined && slot.print === printOf(text)
    slot.text = text
    if (!isKnown) slot.print = undefined
    return !isKnown
  }

  /** One word a slot; empty where there is none, and at the end. */
  prints(): ReadonlyArray<string> {
    const prints = this.#slots.map((slot) => {
      if (slot.print === undefined && slot.text !== undefined) slot.print = printOf(slot.text)
      return slot.print ?? ""
    })
    return prints.slice(0, prints.findLastIndex((print) => print !== "") + 1)
  }
}

// internal

const PRINT = 24

const printOf = (text: string) => sha256([text]).slice(0, PRINT)

// FNV-1a: ids often differ in their last characters only.
const slotOf = (id: string) => {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return (hash >>> 8) % SLOTS
}

const textOf = (user: Wire) => {
  try {
    return JSON.stringify(user)
  } catch {
    // Nested too deep to be written; it will be rejected.
    return undefined
  }
}
