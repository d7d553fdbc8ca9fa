// Package sqlite is a [store.Store] in one SQLite file.
//
// One goroutine writes. Each turn it takes all the batches that wait, gives each
// its savepoint, and commits them as one transaction with one sync to the disk
// (write-ahead log, synchronous=FULL); so a batch waits for no timer, and many
// that come at once share the cost. A batch that fails is rolled back alone.
// Readers have connections of their own and are never in the writer's way.
//
// The file may be read while a node writes it ([OpenReadOnly]), which is how
// the auditor's command verifies a running ward.
package sqlite
