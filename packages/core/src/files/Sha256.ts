/**
 * SHA-256, at once: Effect's own digest is asynchronous and takes whole arrays.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
export {
  /**
   * Lower-case hex of the parts one after the other; text as UTF-8.
   *
   * @category operations
   * @since 0.1.0
   */
  digest as hex,
  /**
   * Hashes bytes that come one after the other. `hex` ends it.
   *
   * @category constructors
   * @since 0.1.0
   */
  running
} from "../internal/files/sha256.ts"
