//go:build !race

package member

// many is how many nodes TestManyConverge starts.
const many = 200
