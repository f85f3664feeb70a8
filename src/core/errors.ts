/**
 * Every way Pith can fail: one error class, one table.
 *
 * The table is the documentation, the exit codes of the command, the HTTP answers of the
 * service and the labels of its metrics. Numbers are for ever: 1-49 agree with the exit codes of
 * the Lepton programs, 50-124 are Pith's own (125 and above belong to shells and signals).
 *
 *   kind      what happened                              what the caller does
 *   input     a codec or a reader cannot take the bytes  next codec, or tell the user; no alarm
 *   limit     larger than the agreed bound               refuse, or store as it is
 *   corrupt   stored bytes are not what was written      alarm; read the safety net
 *   io        disk, network or database failed           retry with backoff, then report
 *   bug       an assertion or a round trip failed        stop this codec; alarm; never swallow
 *
 * Callers branch on `kind` or `code`, never on the text.
 */

export type FaultKind = "input" | "limit" | "corrupt" | "io" | "bug";

export interface Fault {
  /** Exit code of the command and stable identity in metrics; 1..124, never used twice. */
  readonly number: number;
  readonly kind: FaultKind;
  /** HTTP status and S3 error code with which the service answers. */
  readonly http: number;
  readonly s3: string;
  /** One line for people, without a full stop. */
  readonly says: string;
}

export const FAULTS = {
  // 1-49: the numbers that the Lepton programs exit with.
  AssertionFailure: {
    number: 1,
    kind: "bug",
    http: 500,
    s3: "InternalError",
    says: "something that must hold does not",
  },
  RoundTripFailure: {
    number: 41,
    kind: "bug",
    http: 500,
    s3: "InternalError",
    says: "decoding did not give the original back",
  },
  ShortRead: {
    number: 3,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the JPEG ends before its first scan",
  },
  Unsupported4Colors: {
    number: 4,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a JPEG of four colours, which Lepton files cannot hold",
  },
  CoefficientOutOfRange: {
    number: 6,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a coefficient of the JPEG is beyond what the model codes",
  },
  StreamInconsistent: {
    number: 7,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the Lepton data contradict themselves",
  },
  ProgressiveUnsupported: {
    number: 8,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a progressive or multi-scan JPEG where only one scan is possible",
  },
  SamplingBeyondTwoUnsupported: {
    number: 10,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a sampling factor of the JPEG is 3 or 4",
  },
  SamplingBeyondFourUnsupported: {
    number: 11,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a sampling factor of the JPEG is beyond 4",
  },
  VersionUnsupported: {
    number: 13,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a Lepton file of a version that is not read here",
  },
  OnlyGarbageNoJpeg: {
    number: 14,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "no row of a JPEG begins in these bytes",
  },
  HeaderTooLarge: {
    number: 34,
    kind: "limit",
    http: 413,
    s3: "EntityTooLarge",
    says: "the header of the Lepton file is larger than it may be",
  },
  DimensionsTooLarge: {
    number: 35,
    kind: "limit",
    http: 413,
    s3: "EntityTooLarge",
    says: "the JPEG is wider or higher than it may be",
  },
  MallocedNull: {
    number: 36,
    kind: "limit",
    http: 503,
    s3: "SlowDown",
    says: "memory that a job is entitled to could not be had",
  },
  OutOfMemory: {
    number: 37,
    kind: "limit",
    http: 503,
    s3: "SlowDown",
    says: "a job needs more memory than it may have",
  },
  TooMuchMemoryNeeded: {
    number: 38,
    kind: "limit",
    http: 413,
    s3: "EntityTooLarge",
    says: "the dimensions ask for more memory than a job may have",
  },
  UnsupportedJpeg: {
    number: 42,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the JPEG uses or does something that cannot be restored exactly",
  },
  UnsupportedJpegWithZeroIdct0: {
    number: 43,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a quantization table of the JPEG holds a zero",
  },
  InvalidResetCode: {
    number: 44,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a restart marker of the JPEG is missing, misnumbered or misplaced",
  },
  InvalidPadding: {
    number: 45,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the padding bits of the JPEG are not the same everywhere",
  },

  // 50-59: frames, .pith files and codecs.
  FrameCorrupt: {
    number: 50,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "a stored frame fails its checksum",
  },
  ChunkTooLarge: {
    number: 51,
    kind: "limit",
    http: 413,
    s3: "EntityTooLarge",
    says: "a chunk is larger than its codec may claim",
  },
  CodecRefused: {
    number: 52,
    kind: "input",
    http: 500,
    s3: "InternalError",
    says: "the codec does not take these bytes",
  },
  CodecUnknown: {
    number: 53,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "this build has no such codec, or not in that version",
  },
  CodecDisabled: {
    number: 54,
    kind: "input",
    http: 503,
    s3: "ServiceUnavailable",
    says: "the codec is switched off for new writes",
  },
  NotPith: {
    number: 55,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "these bytes are not a Pith file",
  },
  PithTruncated: {
    number: 56,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "a Pith file ends early",
  },
  PithVersion: {
    number: 57,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a Pith file of a later format version",
  },
  KernelFault: {
    number: 58,
    kind: "bug",
    http: 500,
    s3: "InternalError",
    says: "a kernel broke its contract",
  },
  WorkerDied: {
    number: 59,
    kind: "bug",
    http: 500,
    s3: "InternalError",
    says: "a worker thread trapped or died in the middle of a job",
  },

  // 60-66: deflate, zlib and gzip streams.
  DeflateCorrupt: {
    number: 60,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the deflate data break the format",
  },
  DeflateTruncated: {
    number: 61,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the compressed data end early",
  },
  GzipHeader: {
    number: 62,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "not a gzip or zlib header that can be read",
  },
  GzipChecksum: {
    number: 63,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the checksum or the length after the compressed data does not match",
  },
  TrailingBytes: {
    number: 64,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "other bytes follow the end of the compressed data",
  },
  OutputLimit: {
    number: 65,
    kind: "limit",
    http: 413,
    s3: "EntityTooLarge",
    says: "the decoded bytes pass the caller's limit",
  },
  Aborted: {
    number: 66,
    kind: "input",
    http: 400,
    s3: "RequestTimeout",
    says: "the caller gave up",
  },

  // 67-69: commands.
  IrSyntax: {
    number: 67,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the text is not IR",
  },
  IrInvalid: {
    number: 68,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "a command that cannot be run",
  },
  IrTooLarge: {
    number: 69,
    kind: "limit",
    http: 413,
    s3: "EntityTooLarge",
    says: "more commands or literals than an IR may have",
  },

  // 70-89: the store.
  NoSuchBucket: {
    number: 70,
    kind: "input",
    http: 404,
    s3: "NoSuchBucket",
    says: "there is no such bucket",
  },
  BucketExists: {
    number: 71,
    kind: "input",
    http: 409,
    s3: "BucketAlreadyOwnedByYou",
    says: "the bucket exists already",
  },
  BucketNotEmpty: {
    number: 72,
    kind: "input",
    http: 409,
    s3: "BucketNotEmpty",
    says: "the bucket still holds objects",
  },
  NoSuchKey: {
    number: 73,
    kind: "input",
    http: 404,
    s3: "NoSuchKey",
    says: "there is no such object",
  },
  BadBucketName: {
    number: 74,
    kind: "input",
    http: 400,
    s3: "InvalidBucketName",
    says: "not a valid bucket name",
  },
  BadKey: {
    number: 75,
    kind: "input",
    http: 400,
    s3: "KeyTooLongError",
    says: "the object key is too long",
  },
  PreconditionFailed: {
    number: 76,
    kind: "input",
    http: 412,
    s3: "PreconditionFailed",
    says: "a condition of the request does not hold",
  },
  RangeNotSatisfiable: {
    number: 77,
    kind: "input",
    http: 416,
    s3: "InvalidRange",
    says: "the range lies outside the object",
  },
  BlobMissing: {
    number: 78,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "a blob is gone from the store",
  },
  BlobCorrupt: {
    number: 79,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "a blob's bytes are not what was written",
  },
  ManifestCorrupt: {
    number: 80,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "a manifest breaks its format",
  },
  DatabaseDamaged: {
    number: 81,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "the metadata database is damaged",
  },
  StoreLocked: {
    number: 82,
    kind: "io",
    http: 503,
    s3: "ServiceUnavailable",
    says: "another process owns the data folder",
  },
  StoreIo: {
    number: 83,
    kind: "io",
    http: 503,
    s3: "ServiceUnavailable",
    says: "the disk or the database failed",
  },
  DiskFull: {
    number: 84,
    kind: "io",
    http: 507,
    s3: "ServiceUnavailable",
    says: "no space is left for new bytes; reads go on",
  },
  ReadOnly: {
    number: 85,
    kind: "io",
    http: 503,
    s3: "ServiceUnavailable",
    says: "the data folder cannot be written; reads go on",
  },
  ChunkGone: {
    number: 86,
    kind: "io",
    http: 503,
    s3: "SlowDown",
    says: "a chunk was collected before its object was committed; send it again",
  },
  VersionGate: {
    number: 87,
    kind: "input",
    http: 500,
    s3: "InternalError",
    says: "the store holds frames that this build cannot decode",
  },
  CheckFailed: {
    number: 88,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "the store's check found damage",
  },

  RecodeUnderWay: {
    number: 89,
    kind: "input",
    http: 409,
    s3: "OperationAborted",
    says: "another recoding is under way; stop it first",
  },

  // 90-109: requests, the service and the command.
  BadRequest: {
    number: 90,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the request cannot be understood",
  },
  BadDigest: {
    number: 91,
    kind: "input",
    http: 400,
    s3: "BadDigest",
    says: "a checksum sent with the bytes does not match them",
  },
  IncompleteBody: {
    number: 92,
    kind: "input",
    http: 400,
    s3: "IncompleteBody",
    says: "fewer bytes came than were announced",
  },
  MalformedXml: {
    number: 93,
    kind: "input",
    http: 400,
    s3: "MalformedXML",
    says: "the XML of the request cannot be read",
  },
  NotImplemented: {
    number: 94,
    kind: "input",
    http: 501,
    s3: "NotImplemented",
    says: "Pith does not offer this",
  },
  MethodNotAllowed: {
    number: 95,
    kind: "input",
    http: 405,
    s3: "MethodNotAllowed",
    says: "this method does not go with this address",
  },
  EntityTooLarge: {
    number: 96,
    kind: "limit",
    http: 400,
    s3: "EntityTooLarge",
    says: "the object is larger than the service takes",
  },
  Overloaded: {
    number: 97,
    kind: "limit",
    http: 503,
    s3: "SlowDown",
    says: "too much work is waiting; try again later",
  },
  BadConfig: {
    number: 98,
    kind: "input",
    http: 500,
    s3: "InternalError",
    says: "a setting is not valid",
  },
  ServerUnreachable: {
    number: 99,
    kind: "io",
    http: 502,
    s3: "InternalError",
    says: "the Pith service does not answer",
  },
  BadUsage: {
    number: 100,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the command cannot be understood",
  },
  FileIo: {
    number: 101,
    kind: "io",
    http: 500,
    s3: "InternalError",
    says: "a file cannot be read or written",
  },
  FileExists: {
    number: 102,
    kind: "input",
    http: 409,
    s3: "InvalidRequest",
    says: "the output exists already; -f overwrites it",
  },
  InvalidArgument: {
    number: 103,
    kind: "input",
    http: 400,
    s3: "InvalidArgument",
    says: "an argument of the request is not valid",
  },
  MetadataTooLarge: {
    number: 104,
    kind: "limit",
    http: 400,
    s3: "MetadataTooLarge",
    says: "the user metadata pass 2 KB",
  },
  ServiceFailed: {
    number: 105,
    kind: "io",
    http: 500,
    s3: "InternalError",
    says: "the service answered with an error",
  },
  UnsafePath: {
    number: 106,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the name cannot become a file below the target folder",
  },
  FormatUnknown: {
    number: 107,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the file is neither .pith, Lepton, .dvn, gzip nor zlib",
  },
  FileChanged: {
    number: 108,
    kind: "io",
    http: 409,
    s3: "InvalidRequest",
    says: "the file changed while it was read",
  },

  StreamCorrupt: {
    number: 109,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the compressed data break their format",
  },

  // 110-119: requests, more closely.
  BadAddress: {
    number: 110,
    kind: "input",
    http: 400,
    s3: "InvalidURI",
    says: "the address of the request cannot be decoded",
  },
  SlowClient: {
    number: 111,
    kind: "input",
    http: 400,
    s3: "RequestTimeout",
    says: "the client stopped sending, or sends too slowly",
  },
  InvalidDigest: {
    number: 112,
    kind: "input",
    http: 400,
    s3: "InvalidDigest",
    says: "a checksum of the request is not written as it must be",
  },
  ContentHashMismatch: {
    number: 113,
    kind: "input",
    http: 400,
    s3: "XAmzContentSHA256Mismatch",
    says: "the body does not have the SHA-256 that its header announced",
  },
  LengthRequired: {
    number: 114,
    kind: "input",
    http: 411,
    s3: "MissingContentLength",
    says: "the request does not say how long its body is",
  },
  Forbidden: {
    number: 115,
    kind: "input",
    http: 403,
    s3: "AccessDenied",
    says: "the request does not come from where it may",
  },
  CannotListen: {
    number: 116,
    kind: "io",
    http: 500,
    s3: "InternalError",
    says: "the service cannot listen on this address",
  },
  MalformedKey: {
    number: 117,
    kind: "input",
    http: 400,
    s3: "InvalidArgument",
    says: "not a valid object key",
  },

  // 118-119: jobs, and Lepton files.
  Timeout: {
    number: 118,
    kind: "limit",
    http: 503,
    s3: "SlowDown",
    says: "a job took longer than it may",
  },
  BadLeptonFile: {
    number: 119,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the bytes are not a Lepton file, or break its format",
  },
  DivansCorrupt: {
    number: 120,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "the DivANS stream is damaged",
  },
  DivansTruncated: {
    number: 121,
    kind: "corrupt",
    http: 500,
    s3: "InternalError",
    says: "the DivANS stream ends early",
  },
  NotDivans: {
    number: 122,
    kind: "input",
    http: 400,
    s3: "InvalidRequest",
    says: "the bytes are not a DivANS file of a version that is read here",
  },

  // 123: the installation.
  BuildIncomplete: {
    number: 123,
    kind: "bug",
    http: 500,
    s3: "InternalError",
    says: "a file of this build is missing or damaged; install the same version again",
  },
} as const satisfies Record<string, Fault>;

export type FaultCode = keyof typeof FAULTS;

/** Facts that go with a fault: which object, which offset, what was expected and what came. */
export type FaultFacts = Readonly<Record<string, unknown>>;

/**
 * The one error that Pith throws.
 *
 * @example
 * throw new PithError("FrameCorrupt", { offset, expected, actual });
 */
export class PithError extends Error {
  override readonly name = "PithError";
  readonly code: FaultCode;
  readonly kind: FaultKind;
  readonly number: number;
  readonly facts: FaultFacts;

  /**
   * @param code - a key of FAULTS
   * @param facts - plain values that tell this case from others; they are appended to the message
   * @param cause - the error that lies behind, kept as `cause`
   */
  constructor(code: FaultCode, facts: FaultFacts = {}, cause?: unknown) {
    const fault = FAULTS[code];
    const details = Object.entries(facts).map(([name, value]) => `${name} ${tell(value)}`);
    super(
      details.length === 0 ? fault.says : `${fault.says} (${details.join(", ")})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.kind = fault.kind;
    this.number = fault.number;
    this.facts = facts;
  }

  /** Plain form that crosses a thread boundary; `fromPlain` turns it back into an error. */
  toPlain(): PlainFault {
    return { code: this.code, facts: this.facts };
  }

  static fromPlain(plain: PlainFault): PithError {
    return new PithError(plain.code, plain.facts);
  }

  /** The error itself when it is a PithError, else one with `code` that keeps it as its cause. */
  static from(error: unknown, code: FaultCode, facts: FaultFacts = {}): PithError {
    if (error instanceof PithError) return error;
    const why = error instanceof Error ? error.message : String(error);
    return new PithError(code, { ...facts, why }, error);
  }
}

export interface PlainFault {
  readonly code: FaultCode;
  readonly facts: FaultFacts;
}

/**
 * Asserts what must hold; a failure is a bug of ours, never of the input.
 *
 * @throws PithError kind "bug"
 */
export function assertThat(holds: boolean, what: string, facts: FaultFacts = {}): asserts holds {
  if (!holds) throw new PithError("AssertionFailure", { what, ...facts });
}

function tell(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Error) return value.message;
  return String(value);
}
