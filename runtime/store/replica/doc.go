// Package replica is a [store.Store] that several nodes hold alike: its members.
//
//	s, err := replica.Open(replica.Config{Self: "bedside", Dir: dir, File: file, Members: three, ...})
//	err = s.Commit(ctx, batch)  // nil: a majority has it on disk
//	c, err := s.Fence(ctx, actor, epoch)
//
// Each member keeps a whole copy in an SQLite file of its own. What is to be
// stored goes through a replicated log, package agree, and every member applies
// its entries in the same order, each as one transaction that also writes which
// entry it was. So a member that was away applies what it missed, once each; one
// that was away for long, or is new, takes another's file first. What a batch is
// refused for is decided when it is applied, alike on all members, and comes
// back with its type.
//
// Writing needs a majority of the members; without one [Store.Commit] and
// [Store.Fence] wait, and end with [ErrUnsure] or a withdrawal. Reading needs
// this member only: it shows what was committed through this member (for which
// it waits a moment at most), and may be behind what was committed through the
// others; [Store.Behind] says when that may be for long. After a Fence the copy
// has everything that was committed before it.
//
// Batches that wait go out together as one question, without a timer, and the
// next question follows when the last is answered. A question has a number, and
// all members know the last one answered of each asker, so that a question whose
// answer was lost, and which is asked again, is carried out once.
package replica
