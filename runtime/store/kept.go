package store

// A Kept is one reading that is stored.
type Kept struct {
	Chunk
	// Sealed is the window that covers it, as it was sealed; nil while it waits
	// for one.
	Sealed []byte
}
