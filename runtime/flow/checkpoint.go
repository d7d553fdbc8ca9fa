package flow

// A Checkpoint is where an actor has got to: all that a new activation needs to
// go on as if nothing had happened. An actor's inputs are settled and its
// outputs released only when a checkpoint that covers them is committed.
//
// Sent to the register it is a step: State, Taken, Made and Settled are the
// newest; Out holds only the tokens given since the last one, and the register
// appends them. Read from the register it is whole: Out holds every token not
// settled yet.
//
// Links are named here by their name and their life, as the engine writes them:
// whoever keeps checkpoints compares the names and reads nothing in them.
type Checkpoint struct {
	Actor   ActorID
	Epoch   uint64            // of the activation that made it
	Version int               // Spec.State of the type that wrote State
	State   []byte            // from Save; nil: the actor has none
	Taken   map[LinkID]uint64 // per in-link, the last number whose effect is in State
	Made    map[LinkID]uint64 // per out-link, the last number given
	Settled map[LinkID]uint64 // per out-link, the last number settled by the other end
	Out     []OutToken        // by link, then by number
}

// An OutToken is a token given on an out-link and not settled yet. Its number
// is Token.Seq.
type OutToken struct {
	Link  LinkID
	Token Token
}

// BoxOf names the box of an actor's dead letters in its checkpoints: an out-link
// that nobody receives, whose tokens are the letters.
func BoxOf(actor ActorID) LinkID { return LinkID(string(actor) + ".dead_letter #box") }
