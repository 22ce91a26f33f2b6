import { Printable } from "@chatferry/core/errors"
import type { Severity } from "./rule.ts"
import { type Code, fill, type Params, rules } from "./rules.ts"

/** The location of an item in a file. */
export interface Location {
  readonly file: string
  /** Number of the line, from 1. */
  readonly line: number
  /** Offset of the item's first byte, from 0. */
  readonly byte: number
  /** Length of the item; 0 for findings about the whole file. */
  readonly bytes: number
}

export interface Finding extends Location {
  readonly code: Code
  readonly severity: Severity
  /**
   * JSON pointer into the line or array element, such as `/data/created_at`; empty for the whole item. It contains the
   * names of custom fields unchanged, up to 100 characters: `format` makes them safe to show.
   */
  readonly pointer: string
  /** The item's type, if it is a known type. */
  readonly type: string | undefined
  /** How many findings it represents: 1, or more for the last listed finding of an item with very many of the same rule. */
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

/** The name of a field in messages: `attachments.image_url` for `/data/attachments/0/image_url`. */
const fieldOf = (pointer: string) =>
  pointer
    .split("/")
    .slice(2)
    .filter((part) => !/^\d+$/u.test(part))
    .join(".")

/** An id in a form that is safe to quote in a message: it only has characters of ids. */
export const quotable = (id: unknown): string =>
  typeof id === "string" && /^[\w@:.!,[\]-]{0,300}$/u.test(id) ? id : "…"
