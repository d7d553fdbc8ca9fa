package flow

// What an actor may say about the world outside its application. Both are
// optional and asked between firings; an actor without them waits for nobody
// and can be moved.

// An Awaiter may wait for the world: for a line typed, a datagram, a button.
// A run of a script in one process ends when nothing can fire, no timer is set
// and no actor awaits anything, so an actor whose goroutine will call
// [Env.Wake] some day says so.
type Awaiter interface{ Awaits() bool }

// A Holder may hold something of its process that its state does not carry,
// such as an open connection or half a file read.
type Holder interface {
	// Holds says what, as in "it holds an open connection"; "" is nothing.
	// While it holds something the actor is not moved for practice's sake; a
	// plan that moves it ends what it holds.
	Holds() string
}

// A Finisher gathers what it takes, in a window or a buffer, and is told when no
// token will come any more, as far as can be seen: then it gives what it has. It
// may be told again, when one has come after all.
type Finisher interface{ Finish() }
