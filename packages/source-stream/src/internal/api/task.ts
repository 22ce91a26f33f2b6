// Parses the tasks that make exports.
import { Printable } from "@chatferry/core/errors"
import * as Redacted from "effect/Redacted"
import { isObject } from "../records/raw.ts"
import { type About, aboutWords } from "./about.ts"
import { parsed } from "./json.ts"

export interface Task {
  /** `other`: a status that is not documented. */
  readonly status: "waiting" | "pending" | "running" | "completed" | "failed" | "other"
  /** Address of the file of a completed task. It is a credential. */
  readonly url: Redacted.Redacted | undefined
  /** Error text of a failed task, without addresses. */
  readonly problem: string
  /** What the error says about the requested items. */
  readonly about: About | undefined
}

/** Decodes the id in the response to a request for an export. */
export const decodeId = (body: Uint8Array): string | undefined => {
  const answer = parsed(body)
  const id = isObject(answer) ? answer["task_id"] : undefined
  return isShort(id, MOST_ID) && id !== "" ? id : undefined
}

export const decode = (body: Uint8Array): Task | undefined => {
  const answer = parsed(body)
  if (!isObject(answer) || typeof answer["status"] !== "string") return undefined
  const status = STATUSES.find((one) => one === answer["status"]) ?? "other"
  const { error, result } = answer
  const url = isObject(result) && typeof result["url"] === "string" ? result["url"] : ""
  if (status === "completed" && (url.length > MOST_URL || !URL.canParse(url))) return undefined
  const words = status === "failed" ? wordsOf(error) : ""
  return {
    status,
    url: status === "completed" ? Redacted.make(url) : undefined,
    problem: words,
    about: aboutWords(words)
  }
}

// internal

const STATUSES = ["waiting", "pending", "running", "completed", "failed"] as const

const MOST_WORDS = 300
/** Values longer than anything documented are not kept. */
const MOST_ID = 1024
const MOST_URL = 16_384

const isShort = (value: unknown, most: number): value is string =>
  typeof value === "string" && value.length <= most

const wordsOf = (error: unknown): string => {
  if (typeof error === "string") return clean(error)
  if (!isObject(error)) return ""
  const parts = [error["type"], error["description"]].filter((part) => typeof part === "string")
  return clean(parts.join(": "))
}

const clean = (words: string): string =>
  Printable.line(
    words
      .slice(0, 10 * MOST_WORDS)
      .replace(/\bhttps?:\S+/giu, "(address)")
      .replace(/\p{Cc}+/gu, " ")
      .trim(),
    MOST_WORDS
  )
