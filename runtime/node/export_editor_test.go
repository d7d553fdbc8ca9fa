package node

// OffsetOf is where a place of a script is, for tests.
var OffsetOf = offsetOf
