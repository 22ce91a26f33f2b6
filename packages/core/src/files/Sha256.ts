/**
 * Synchronous SHA-256: Effect's own digest is asynchronous and takes whole arrays.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
export {
  /**
   * The hash of the concatenated parts in lower-case hex; text is encoded as UTF-8.
   *
   * @category operations
   * @since 0.1.0
   */
  digest as hex,
  /**
   * Hashes bytes incrementally. `hex` ends the hash.
   *
   * @category constructors
   * @since 0.1.0
   */
  running
} from "../internal/files/sha256.ts"
