// The codes of sources that are read as one: a code that has another meaning in another source is prefixed with the
// name of its source.
import * as Consequence from "../../Consequence.ts"
import type { LedgerKind } from "../../Ledger.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Mapped, Source } from "./model.ts"

type Member = Pick<Source, "name" | "consequences">
type At = { readonly outcome: Consequence.Outcome; readonly kind?: LedgerKind }

export interface Codes {
  /** The declarations of all members, and those prefixed with their source. */
  readonly consequences: ReadonlyArray<Consequence.Consequence>
  /** Replaces the codes of a member's batch with those of the joined source. */
  readonly withCodes: <A extends Pick<Mapped, "rejected"> & Partial<Pick<Mapped, "notes">>>(
    member: string,
    batch: A
  ) => A
  /** The member's own form of a code. */
  readonly ownOf: (member: string, code: string) => string
}

/** Members with the same declarations, such as the archives of one export. */
interface Group {
  readonly consequences: ReadonlyArray<Consequence.Consequence>
  readonly names: Array<string>
}

export const codesOf = (members: ReadonlyArray<Member>): Codes => {
  const byMember = groupsOf(members)
  const groups = Array.from(new Set(byMember.values()))
  const named = groups.flatMap((group) => {
    const others = groups.filter((one) => one !== group).flatMap((one) => one.consequences)
    const ambiguous = group.consequences.filter((own) =>
      others.some((other) => overlap(own.code, other.code) && !isSame(own, other))
    )
    return group.names.flatMap((name) =>
      ambiguous.map(({ code, ...meaning }) => Consequence.make(`${name}/${code}`, meaning))
    )
  })
  const known = new Map<string, string>()
  const codeOf = (member: string, code: string, at: At): string => {
    const key = JSON.stringify([member, code, at])
    const found = known.get(key)
    if (found !== undefined) return found
    const meaning = ({ consequences }: Group) => {
      const declared = Consequence.find(consequences, code, at)
      return declared && { ...declared, says: Consequence.sentence(declared, code) }
    }
    const group = byMember.get(member)
    const own = group && meaning(group)
    const isOthers = groups
      .filter((one) => one !== group)
      .map(meaning)
      .some((other) => other !== undefined && (own === undefined || !isSame(own, other)))
    const joined = isOthers ? `${member}/${code}` : code
    known.set(key, joined)
    return joined
  }
  return {
    consequences: [...groups.flatMap(({ consequences }) => consequences), ...named],
    withCodes: (member, batch) => {
      const { notes, rejected } = batch
      if (groups.length < 2) return batch
      return {
        ...batch,
        rejected: rejected.map((one) =>
          withCode(one, codeOf(member, one.code, { outcome: "rejected", kind: one.kind }))
        ),
        ...(notes !== undefined && {
          notes: Object.fromEntries(
            Object.entries(notes).map(([code, count]) => [codeOf(member, code, { outcome: "noted" }), count])
          )
        })
      }
    },
    ownOf: (member, code) => (code.startsWith(`${member}/`) ? code.slice(member.length + 1) : code)
  }
}

// internal

const groupsOf = (members: ReadonlyArray<Member>): ReadonlyMap<string, Group> => {
  const byContent = new Map<string, Group>()
  return new Map(
    members.map(({ consequences = [], name }) => {
      const content = JSON.stringify(consequences)
      const group = byContent.get(content) ?? { consequences, names: [] }
      byContent.set(content, group)
      group.names.push(name)
      return [name, group]
    })
  )
}

const withCode = (one: Rejected, code: string): Rejected => (code === one.code ? one : { ...one, code })

type Meaning = Pick<Consequence.Meaning, "effect" | "says" | "action">

const isSame = (a: Meaning, b: Meaning) => a.effect === b.effect && a.says === b.says && a.action === b.action

/** True if a code may match both declarations, each of which may be a family. */
const overlap = (a: string, b: string): boolean => {
  const [[startA, endA], [startB, endB]] = [endsOf(a), endsOf(b)]
  if (endA === undefined && endB === undefined) return startA === startB
  return (
    (startA.startsWith(startB) || startB.startsWith(startA)) &&
    ((endA ?? startA).endsWith(endB ?? startB) || (endB ?? startB).endsWith(endA ?? startA))
  )
}

/** The text before and after the variable part; a code that is not a family has no second part. */
const endsOf = (code: string): readonly [string, string | undefined] => {
  const at = code.indexOf("{")
  return at < 0 ? [code, undefined] : [code.slice(0, at), code.slice(code.indexOf("}", at) + 1)]
}
