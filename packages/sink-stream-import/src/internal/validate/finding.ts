import { Printable } from "@chatferry/core/errors"
import type { Severity } from "./rule.ts"
import { type Code, fill, type Params, rules } from "./rules.ts"

/** Where an item is in a file. */
export interface Location {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Of the item's first byte, from 0. */
  readonly byte: number
  /** How long the item is; 0 for what concerns the whole file. */
  readonly bytes: number
}

export interface Finding extends Location {
  readonly code: Code
  readonly severity: Severity
  /**
   * JSON pointer into the line or array element, such as `/data/created_at`; empty for the whole of it. Names of custom
   * fields stand in it as they are, up to 100 characters: `format` makes them safe to show.
   */
  readonly pointer: string
  /** The item's type, where it has one that is known. */
  readonly type: string | undefined
  /** How many findings of the rule in this item it stands for: 1, and more only for the last one of an item with very many. */
  readonly times: number
  readonly problem: string
  readonly server: string | undefined
  readonly hint: string
}

export const finding = (
  code: Code,
  location: Location,
  pointer: string,
  type: string | undefined,
  params: Params
): Finding => {
  const { hint, problem, server, severity }: (typeof rules)[Code] & { readonly server?: string } = rules[code]
  const all = { type: type ?? "item", field: Printable.line(fieldOf(pointer)), ...params }
  return {
    file: location.file,
    line: location.line,
    byte: location.byte,
    bytes: location.bytes,
    code,
    severity,
    pointer,
    type,
    times: 1,
    problem: fill(problem, all),
    server: server === undefined ? undefined : fill(server, all),
    hint: fill(hint, all)
  }
}

/** The name a field has in messages: `attachments.image_url` of `/data/attachments/0/image_url`. */
const fieldOf = (pointer: string) =>
  pointer
    .split("/")
    .slice(2)
    .filter((part) => !/^\d+$/u.test(part))
    .join(".")

/** An id as it may stand in a message: nothing but characters of ids. */
export const quotable = (id: unknown): string =>
  typeof id === "string" && /^[\w@:.!,[\]-]{0,300}$/u.test(id) ? id : "…"
