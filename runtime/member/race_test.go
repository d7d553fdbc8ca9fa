//go:build race

package member

// many is how many nodes TestManyConverge starts: the race detector makes each
// many times dearer.
const many = 30
