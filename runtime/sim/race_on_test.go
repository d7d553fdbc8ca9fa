//go:build race

package sim

// usual is how many seeds TestSeeds runs when nothing is said: fewer under the
// race detector, which makes each ten times as slow and finds nothing here, as a
// world is one goroutine.
const usual = 100
