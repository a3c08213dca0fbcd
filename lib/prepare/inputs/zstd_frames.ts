/**
 * Where the frames of a Zstandard file end. Node's decompressor stops after the first one in
 * silence, but `zstd` itself, pzstd and cat make files of many (RFC 8878, section 3.1).
 */

/** A stretch of a file's bytes inside one frame. */
export interface FramePiece {
  readonly bytes: Uint8Array;
  /** These bytes are the frame's last. */
  readonly ends: boolean;
}

/** Cuts bytes into the pieces of frames. */
export interface FrameCutter {
  /** @throws Error when the bytes are no frame. */
  push(bytes: Uint8Array): FramePiece[];
  /** No frame is unfinished. */
  readonly whole: boolean;
}

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** Bytes of a frame header's content size, by its flag. */
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const DICTIONARY_BYTES = [0, 1, 2, 4];
/** A block that is one byte many times over. */
const RUN_LENGTH = 1;

/** What comes next in a frame. */
type State = "magic" | "skippable" | "descriptor" | "header" | "block" | "content" | "checksum";

/** A cutter at the beginning of a file. */
export function frameCutter(): FrameCutter {
  let state: State = "magic";
  // bytes still wanted before the state's end, and its number read so far, little-endian
  let wanted = 4;
  let number = 0;
  let taken = 0;
  let checksum = false;
  let lastBlock = false;
  const enter = (next: State, bytes: number) => {
    state = next;
    wanted = bytes;
    number = 0;
    taken = 0;
  };
  /** Follows a state that is complete; true at the end of a frame. */
  const advance = (): boolean => {
    switch (state) {
      case "magic":
        if (number === MAGIC) enter("descriptor", 1);
        else if ((number & 0xfffffff0) >>> 0 === SKIPPABLE) enter("skippable", 4);
        else throw new Error("after its last frame comes something that is no Zstandard frame");
        return false;
      case "skippable":
        lastBlock = true;
        checksum = false;
        enter("content", number);
        return false;
      case "descriptor": {
        const single = (number >> 5) & 1;
        checksum = (number & 4) !== 0;
        const sizeBytes = CONTENT_SIZE_BYTES[number >> 6] || single;
        enter("header", 1 - single + DICTIONARY_BYTES[number & 3] + sizeBytes);
        return false;
      }
      case "header":
        enter("block", 3);
        return false;
      case "block":
        lastBlock = (number & 1) === 1;
        enter("content", ((number >> 1) & 3) === RUN_LENGTH ? 1 : number >> 3);
        return false;
      case "content":
        if (lastBlock && checksum) enter("checksum", 4);
        else if (lastBlock) return true;
        else enter("block", 3);
        return false;
      case "checksum":
        return true;
    }
  };
  return {
    push(bytes) {
      const pieces: FramePiece[] = [];
      let begin = 0;
      for (let at = 0; at < bytes.length;) {
        const count = Math.min(wanted, bytes.length - at);
        if (state !== "content") {
          for (let i = 0; i < Math.min(count, 8); i++) {
            number += bytes[at + i] * 2 ** (8 * (taken + i));
          }
        }
        at += count;
        taken += count;
        wanted -= count;
        // a state may want nothing: an empty block
        while (wanted === 0) {
          if (!advance()) continue;
          pieces.push({ bytes: bytes.subarray(begin, at), ends: true });
          begin = at;
          enter("magic", 4);
        }
      }
      if (begin < bytes.length) pieces.push({ bytes: bytes.subarray(begin), ends: false });
      return pieces;
    },
    get whole() {
      return state === "magic" && taken === 0;
    },
  };
}
