// The rule about rejects: each is counted, and no report about it contains user content.
import { Entity, Ledger, Rejected } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type { Verdict } from "../engine/rule.ts"
import type { Checked, Stage } from "../engine/stage.ts"

export const rejectsAreCounted =
  (content: ReadonlyArray<string>) =>
  <R>({ entities, undisturbed }: Stage<R>): Checked<R> =>
    Effect.map(undisturbed, ({ rejected, summaries }) => {
      const counted = summaries.reduce((sum, { ledger }) => sum + Ledger.rejectedCount(ledger), 0)
      if (counted !== rejected.length) {
        return {
          expected: `${rejected.length} rejected in the ledger, as many as were handed over`,
          actual: `${counted}`
        }
      }
      const pieces = [
        ...content.map((text, i) => ({ text, what: `number ${i + 1} of \`content\`` })),
        ...textsOf(entities)
      ]
      for (const [i, one] of rejected.entries()) {
        const verdict = judged(one, i + 1, pieces)
        if (verdict !== undefined) return verdict
      }
      return undefined
    })

// internal

interface Piece {
  readonly text: string
  readonly what: string
}

/** What is reported about a reject. `original` and `context` hold content, and are only written to the rejects file. */
const REPORTED = ["location", "code", "message", "action"] as const

const judged = (
  rejected: Rejected.Rejected,
  number: number,
  pieces: ReadonlyArray<Piece>
): Verdict | undefined => {
  const which = (holder: string) =>
    ["code", "location"]
      .flatMap((name) => (name === holder ? [] : rejected[name as "code" | "location"]))
      .join(" at ")
  for (const name of REPORTED) {
    const reported = rejected[name]
    const where = `the ${name} of rejected ${number} (${which(name)})`
    if (reported === "") return { expected: `something in ${where}`, actual: "an empty text" }
    const found = reported === undefined ? undefined : pieces.find(({ text }) => reported.includes(text))
    if (found !== undefined) return { expected: `no content in ${where}`, actual: `it quotes ${found.what}` }
  }
  return undefined
}

/** Long enough not to occur by chance. A message may quote a shorter part of a longer text. */
const LEAST = 12

/** The beginnings of texts and names, plain and as JSON, except those that identify an entity. */
const textsOf = (entities: ReadonlyArray<Entity.Entity>): ReadonlyArray<Piece> => {
  const ids = entities.map((entity) => Entity.key(entity)).join("\n")
  const found = new Map<string, Piece>()
  for (const entity of entities) {
    for (const [field, text] of textFieldsOf(entity)) {
      if (text === undefined || text.length < LEAST) continue
      const what = `the ${field} of the ${entity._tag} ${Rejected.keyOf(entity)}`
      for (const piece of [text, JSON.stringify(text).slice(1, -1)]) {
        const head = piece.slice(0, LEAST)
        if (!found.has(head) && !ids.includes(head)) found.set(head, { text: head, what })
      }
    }
  }
  return Array.from(found.values())
}

type Fields = ReadonlyArray<readonly [field: string, text: string | undefined]>

const textFieldsOf = (entity: Entity.Entity): Fields => {
  switch (entity._tag) {
    case "user":
      return [
        ["name", entity.name],
        ["handle", entity.handle],
        ["email", entity.email]
      ]
    case "channel":
      return [
        ["name", entity.name],
        ["topic", entity.topic],
        ["description", entity.description]
      ]
    case "member":
      return [["userSnapshot.name", entity.userSnapshot?.name]]
    case "message":
      return [
        ["text", entity.text],
        ["html", entity.html],
        ["userSnapshot.name", entity.userSnapshot?.name],
        ...(entity.attachments ?? []).flatMap(({ name, text }): Fields => [
          ["attachments.name", name],
          ["attachments.text", text]
        ])
      ]
    case "reaction":
      return []
    case "failed_webhook":
      return [["body", entity.body]]
  }
}
