// Package journal keeps the checkpoints of a node's local actors on its own
// disk, so that they go on, and lose nothing, while no voter of the register can
// be reached: sensors and collectors at a patient's home, and the spools between
// them and the hospital.
//
//	journal.go   what the engine calls: Fence, Commit, Forget
//	group.go     commits that come together go to the disk together
//	whole.go     an actor's newest checkpoint, all steps put together
//	record.go    what stands on disk
//	plan.go      what was to run here when the register was last heard
//
// It is what the register is for other actors, with the same rule: a step is
// kept when Commit has returned without an error, and then it is on the disk. It
// differs in what happens when the disk is lost: then what it kept is lost with
// it, where the register has copies on other nodes.
package journal
