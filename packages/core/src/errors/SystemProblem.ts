/**
 * What the operating system says about a failure, in its own words: "no space
 * left on device", "permission denied".
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Predicate from "effect/Predicate"
import { InvalidJson } from "../files/Json.ts"
import * as Printable from "./Printable.ts"

/**
 * The words for what went wrong. They never hold content: of errors that the
 * JavaScript engine makes, whose messages may quote values, only the kind is
 * given.
 *
 * @category operations
 * @since 0.1.0
 */
export const wordsOf = (cause: unknown): string => Printable.line(words(cause, MOST_CAUSES), MOST_WORDS)

/**
 * The file that a failed call named; `fallback` when it named none, as calls on
 * open files do.
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
 * What is wrong with a path that somebody has typed, as the end of a sentence that
 * begins with it: `does not exist`. `undefined` for trouble of another kind, such
 * as a broken disk.
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
 * The code of the system, such as `ENOSPC`; `undefined` when there is none.
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
 * What to do about it; `undefined` where the words do not say.
 *
 * @category operations
 * @since 0.1.0
 */
export const adviceOf = (cause: unknown): string | undefined => ADVICE[codeOf(cause) ?? sqliteCodeOf(cause)]

/**
 * A sentence for people: what could not be done, to which file, why, and what to
 * do about it. `fallback` is the file when the failed call named none.
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
const CHECK_PERMISSIONS = "Check who owns it and what may be done with it, then run again."
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
  // SQLite takes a disk that fails to read for a damaged file, too.
  SQLITE_CORRUPT: "Run again: what is staged is compared with what was written, and what to do is said then.",
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

/** Files are written under a name of their own first, which says nothing to people. */
const finalName = (path: string) => path.replace(TEMPORARY, "")
const TEMPORARY = /(?:\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.part(?:\.tmp)?|(?:\.part)?\.tmp)$/u

/** Node gives the number; its low byte is the kind. */
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
  // SQLite: its message may name a table or quote a value, `errstr` is the meaning of the code.
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

/** Of errors that an implementation of a file system made without a cause. */
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
