// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// What rules judge. Values are millionths of the unit, a time of day is
// milliseconds since 1970, and a field that is zero is missing.

/// @notice Why a reading is refused. The numbers are those of Go's flow.Reason.
/// A rule contract may answer WrongType to MissingField and Stuck to Disagrees;
/// any other refusal is the manager's or the judge's to find.
enum Reason {
    Accepted,
    NoRule,
    Revoked,
    WrongType,
    WrongUnit,
    TooLow,
    TooHigh,
    TooFast,
    TooOld,
    InFuture,
    TooLarge,
    MissingField,
    BadSignature,
    OutOfSequence,
    Paused,
    Stuck,
    TooSteep,
    Disagrees,
    BadRule
}

// Bits of Reading.fields: what the reading has.
uint32 constant FIELD_DEVICE = 1;
uint32 constant FIELD_KIND = 2;
uint32 constant FIELD_UNIT = 4;
uint32 constant FIELD_TAKEN = 8;
uint32 constant FIELD_SAMPLES = 16;
uint32 constant FIELD_PERIOD = 32;
uint32 constant FIELD_SEQUENCE = 64;
uint32 constant FIELD_STREAM = 128;
uint32 constant FIELD_SIZE = 256;
uint32 constant FIELDS_ALL = 511;

/// @notice An earlier reading that the same judge accepted.
struct Past {
    int64 taken; // when its first sample was
    int64 ended; // and its last
    int64 low; // smallest sample
    int64 high; // largest sample
}

/// @notice The newest accepted reading of another kind of the same patient.
struct Beside {
    bytes32 kind;
    bytes32 unit;
    Past past;
}

/// @notice What a judge knows of a reading.
struct Reading {
    string group; // site/floor/room/type, from the device's certificate
    bytes12 device; // EPC-96
    bytes32 kind; // LOINC code, ASCII, zeros behind
    bytes32 unit; // UCUM code, ASCII, zeros behind
    int128 low; // smallest sample
    int128 high; // largest sample
    uint32 samples; // how many
    uint64 period; // ns between samples, rounded down; 0 when there is one
    int64 taken; // when the first sample was
    int64 judged; // the judge's clock
    uint32 size; // bytes as it was signed; 0 is not known
    uint32 fields; // mask of FIELD_ bits
    int64 since; // ns from the last sample of the reading before on the stream to the first of
        // this one: 0 when they overlap, below 0 when there is none before
    Past[] past; // of the same stream, the newest first
    Beside[] beside; // of other kinds
}
