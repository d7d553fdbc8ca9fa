// Package store says what a store of readings keeps and promises; its
// subfolders are stores, and storetest is the test that each of them passes.
//
// A reading is in one of three states. It *waits* from the moment it was
// accepted until a window with the patient card's signature covers it; then it
// is *recorded* under that window. Or it was *refused*, and only what it was and
// why is kept. Every leaf of a recorded window is in one of the last two:
//
//	Commit{Waiting: chunks, Checkpoint: c}   // accepted, still unsigned
//	Commit{Windows: {w}, Checkpoint: c}      // moves w's leaves into the record
//
// Everything of one batch, and the checkpoint of the actor that stores, is one
// transaction: what an actor has settled is stored, and what is stored is never
// stored twice. A store moves nothing that does not fit together (a leaf it has
// not got, a number that does not follow), but it verifies no signature: package
// proof does, before and after.
//
// Patients are pseudonyms here. The columns that a store may search by are the
// pseudonym, the device, the stream, the kind and the time; values stay inside
// the signed bytes, save those of refused readings.
package store
