//go:build !race

package sim

// usual is how many seeds TestSeeds runs when nothing is said.
const usual = 2000
