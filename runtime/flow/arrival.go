package flow

// An Arrival is a reading that a device outside has brought to a node and waits
// for the answer to. Who brought it is known from the connection: from its
// verified certificate, never from the reading.
type Arrival struct {
	By      Identity // the device: its role is [RoleDevice]
	Reading *Reading // what it says; its Device is By.EPC
	// Sealed are the bytes that the device itself has signed, the same reading.
	// Without bytes it is a plain one, and a collector must vouch for it.
	Sealed Sealed
	// Answer is called once, when it is known what has become of the reading. It
	// does not block. Whoever takes the arrival and stops may leave it out: then
	// nobody knows, and the device brings the reading again.
	Answer func(Answer)
}

// An Answer is what has become of an arrival.
type Answer struct {
	// Verdict is accepted, or why not. A reading that a rule refuses is kept
	// among the refused ones; one that is out of sequence is not taken.
	Verdict Verdict
	// Already says that the reading with that number had been taken before, and
	// has taken effect.
	Already bool
}

// A Settler is told how far what it gave has taken effect. The engine calls
// Unsettled between two firings, never during one: before the first, and
// whenever more was settled.
type Settler interface {
	// Unsettled says how many of the tokens given on an out-port, those of
	// earlier activations among them, are not settled yet: the others have taken
	// effect at every storing actor that they lead to.
	Unsettled(port string, left int)
}
