// Package timer holds the timers of actors: repeating ones, single ones, and
// lines of tokens that wait. A timer asks the actor's environment for the time
// and for being woken and nothing else, so it runs in virtual time as well. Where
// it stands is part of its actor's state: one that moves to another node keeps
// what remains of its time.
//
// Times are kept as nanoseconds since 1970, which a state can carry; 0 is never.
package timer
