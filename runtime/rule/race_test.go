//go:build race

package rule

// raced says that the race detector looks on: it makes the EVM ten times slower,
// and finds nothing in the twentieth thousand that it did not in the first.
const raced = true
