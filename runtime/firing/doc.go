// Package firing decides what an actor does next: which of its actions can
// fire, which tokens that takes, where what is given goes, and what becomes of
// tokens that no action wants. It starts no goroutine, reads no clock and takes
// no lock. The engine and the stage both fire through it, each with its own
// ends of links, so a script means the same on both.
//
//	acts, err := firing.Bind(firing.Config{Actor: sum, Spec: &spec, In: ins, Out: outs, Box: box})
//	for {
//		res, err := acts.Fire(now) // what can't happen whole doesn't happen
//		if err != nil || !res.Fired {
//			break
//		}
//	}
//
// The rules are those of calvin-reference, sections 1.5 and 2.3 to 2.5: of the
// actions, in order, the first fires whose guard holds, whose in-ports all have
// a token and whose out-ports all have room. What "has a token" and "has room"
// mean depends on the port's routing:
//
//	in-port             has a token when                takes
//	default             its one link has                that token
//	collect-unordered   any link has                    one, links in rotation
//	collect-tagged      any link has                    one, as {tag: value}
//	collect-all-tagged  every link has                  one of each, as {tag: value, …}; a list if the actor orders it
//	collect-any-tagged  any link has                    one of each that has any, as {tag: value, …}
//
//	out-port            has room when                   gives
//	default, fanout     every link has                  the token to every link
//	round-robin         the link whose turn it is has   to that one, in the order of the links
//	dispatch-ordered    the same                        in the order that the actor states
//	random              the link drawn for it has       to that one
//	balanced            any link has                    to the link with most room
//	dispatch-mapped     every link has                  {selector: value}: value to the selector's link
//
// A closing link ([flow.Link].Closing) is given nothing, whatever the routing: it
// counts as not there. A port all of whose links are closing has no room. What a
// closing link still carries is taken like anything else.
//
// An exception token among those that a tagged collector would take is taken
// alone, the first in the order of the links, with its value as {tag: value}.
//
// Whose turn it is, and what is drawn, follow from the number of tokens that
// the links of the port have been offered in all. So they need no state of
// their own, and a migration does not change them.
package firing
