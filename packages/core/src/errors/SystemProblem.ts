/**
 * Describes failures in the words of the operating system: "no space left on device",
 * "permission denied".
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Predicate from "effect/Predicate"
import { InvalidJson } from "../files/Json.ts"
import * as Printable from "./Printable.ts"

/**
 * The words for a failure. They never contain content: messages of the JavaScript
 * engine may quote values, so only the kind of such an error is given.
 *
 * @category operations
 * @since 0.1.0
 */
export const wordsOf = (cause: unknown): string => Printable.line(words(cause, MOST_CAUSES), MOST_WORDS)

/**
 * The file that a failed call named; `fallback` if it did not name one, as for calls on
 * open files.
 *
 * @category operations
 * @since 0.1.0
 */
export const pathOf = (cause: unknown, fallback: string): string => {
  if (!Predicate.isObject(cause)) return fallback
  if (hasTag(cause, "PlatformError") && "reason" in cause) {
    const { reason } = cause
    return Predicate.hasProperty(reason, "pathOrDescriptor") && typeof reason.pathOrDescriptor === "string"
      ? finalName(reason.pathOrDescriptor)
      : fallback
  }
  return "syscall" in cause && "path" in cause && typeof cause.path === "string"
    ? finalName(cause.path)
    : fallback
}

/**
 * The problem with a path that a user has typed, as the end of a sentence that begins
 * with the path: `does not exist`. `undefined` for other problems, such as a broken
 * disk.
 *
 * @category operations
 * @since 0.1.0
 */
export const wrongPathOf = (cause: unknown): string | undefined => {
  const reason = Predicate.hasProperty(cause, "reason") ? cause.reason : undefined
  const tag = Predicate.hasProperty(reason, "_tag") ? reason._tag : undefined
  return WRONG_PATHS[codeOf(cause) ?? (tag === "NotFound" ? "ENOENT" : "")]
}

/**
 * The system's error code, such as `ENOSPC`; `undefined` if there is none.
 *
 * @category operations
 * @since 0.1.0
 */
export const codeOf = (cause: unknown): string | undefined => {
  let inner = cause
  for (let i = 0; i < MOST_CAUSES && Predicate.isObject(inner); i++) {
    if ("code" in inner && typeof inner.code === "string" && inner.code !== "ERR_SQLITE_ERROR") {
      return inner.code
    }
    inner = "cause" in inner ? inner.cause : undefined
  }
  return undefined
}

/**
 * Advice for a failure; `undefined` if there is none.
 *
 * @category operations
 * @since 0.1.0
 */
export const adviceOf = (cause: unknown): string | undefined => ADVICE[codeOf(cause) ?? sqliteCodeOf(cause)]

/**
 * A sentence for users: what could not be done, to which file, why, and what to do
 * about it. `fallback` is the file if the failed call did not name one.
 *
 * @category formatting
 * @since 0.1.0
 */
export const sentence = (what: string, fallback: string, cause: unknown): string => {
  const advice = adviceOf(cause)
  return `${what} ${pathOf(cause, fallback)}: ${wordsOf(cause)}${advice === undefined ? "" : `. ${advice}`}`
}

// internal

const FREE_SPACE = "Free some space, then run again."
const CHECK_DISK = "Check the disk, then run again."
const CHECK_PERMISSIONS = "Check its owner and permissions, then run again."
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: CHECK_PERMISSIONS,
  EDQUOT: FREE_SPACE,
  EIO: CHECK_DISK,
  EMFILE: "Raise the limit of open files (ulimit -n), then run again.",
  ENFILE: "Close other programs, then run again.",
  ENOSPC: FREE_SPACE,
  ENOTDIR: "A folder is needed there: choose another path.",
  EPERM: CHECK_PERMISSIONS,
  EROFS: "Make the file system writable, or choose another folder.",
  // SQLite also mistakes a disk that fails to read for a damaged file.
  SQLITE_CORRUPT: "Run again: the staged data is then verified, and the error says what to do.",
  SQLITE_FULL: FREE_SPACE,
  SQLITE_IOERR: CHECK_DISK
}

const WRONG_PATHS: Readonly<Record<string, string>> = {
  EACCES: "may not be read: permission denied",
  ENAMETOOLONG: "is too long for a path",
  ENOENT: "does not exist",
  ENOTDIR: "does not exist: a part of it is a file and not a folder",
  EPERM: "may not be read: operation not permitted"
}

/** Files are first written under a temporary name, which means nothing to users. */
const finalName = (path: string) => path.replace(TEMPORARY, "")
const TEMPORARY = /(?:\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.part(?:\.tmp)?|(?:\.part)?\.tmp)$/u

/** Node reports the number; its low byte is the kind. */
const sqliteCodeOf = (cause: unknown): string => {
  const number = Predicate.hasProperty(cause, "errcode") ? Number(cause.errcode) & 0xff : 0
  return { 10: "SQLITE_IOERR", 11: "SQLITE_CORRUPT", 13: "SQLITE_FULL", 26: "SQLITE_CORRUPT" }[number] ?? ""
}

const MOST_WORDS = 300
const MOST_CAUSES = 8

const words = (cause: unknown, most: number): string => {
  if (!(cause instanceof Error)) return typeof cause === "string" && cause !== "" ? cause : UNKNOWN
  if (cause instanceof InvalidJson) return cause.message
  if (cause instanceof SyntaxError || cause instanceof TypeError || cause instanceof RangeError) {
    return `${UNKNOWN} (${cause.name})`
  }
  // SQLite's message may name a table or quote a value; `errstr` is the meaning of the code.
  if ("errstr" in cause && typeof cause.errstr === "string") return cause.errstr
  const errno = ERRNO.exec(cause.message)
  if (errno !== null && "code" in cause && errno[1] === cause.code) return errno[2] as string
  if (hasTag(cause, "PlatformError") && "reason" in cause && Predicate.isObject(cause.reason)) {
    const { reason } = cause
    if (reason instanceof Error && reason.cause instanceof Error && most > 0) {
      return words(reason.cause, most - 1)
    }
    return "description" in reason && typeof reason.description === "string"
      ? reason.description
      : ((Predicate.hasProperty(reason, "_tag") && typeof reason._tag === "string"
          ? TAGS[reason._tag]
          : undefined) ?? cause.message)
  }
  return cause.message === "" ? UNKNOWN : cause.message
}

const UNKNOWN = "an unexpected failure"
/** `ENOSPC: no space left on device, write` */
const ERRNO = /^([A-Z][A-Z\d_]*): (.+?), [a-z_]+(?: '|$)/su

/** For errors that a file system implementation made without a cause. */
const TAGS: Readonly<Record<string, string>> = {
  AlreadyExists: "file already exists",
  Busy: "resource busy",
  NotFound: "no such file or directory",
  PermissionDenied: "permission denied",
  TimedOut: "the call timed out",
  UnexpectedEof: "the file ended too early",
  WriteZero: "nothing could be written"
}

const hasTag = (value: object, tag: string) => "_tag" in value && value._tag === tag
