// A task of Stream, which makes an export.
import { Printable } from "@chatferry/core/errors"
import * as Redacted from "effect/Redacted"
import { isObject } from "../records/raw.ts"
import { type About, aboutWords } from "./about.ts"
import { parsed } from "./json.ts"

export interface Task {
  /** `other`: a status that is not documented. */
  readonly status: "waiting" | "pending" | "running" | "completed" | "failed" | "other"
  /** Of one that is completed. The address is a credential. */
  readonly url: Redacted.Redacted | undefined
  /** Of one that failed: Stream's words, without addresses. */
  readonly problem: string
  /** What it says of the things that were asked for. */
  readonly about: About | undefined
}

/** The id in the answer to a request for an export. */
export const decodeId = (body: Buffer): string | undefined => {
  const answer = parsed(body)
  const id = isObject(answer) ? answer["task_id"] : undefined
  return isShort(id, MOST_ID) && id !== "" ? id : undefined
}

export const decode = (body: Buffer): Task | undefined => {
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
/** What is kept of an answer is no longer than anything that is documented. */
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
