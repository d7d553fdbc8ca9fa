// Package stage runs a whole graph in one thread and in virtual time: the clock
// moves only when nothing can fire any more, from timer to timer, so a script
// with a timer of a minute is done in milliseconds. A seed decides who fires
// next, and the same seed gives the same run.
//
//	s, err := stage.New(stage.Config{Graph: g, Types: types, Capability: devices})
//	defer s.Close()
//	s.Run(ctx, s.Now().Add(5*time.Second))
//
// Each link has Calvin's two queues, one at its out-port and one at its
// in-port, of queue_length tokens each, 4 if nothing is said (calvin-reference
// 2.5). Tokens move from one to the other in a step of their own.
//
//	stage.go    what a stage is made of
//	cell.go     one actor, and what follows a fault
//	wire.go     one link
//	run.go      who is next, and when the clock moves
//	clock.go    timers
//	env.go      what an actor sees of the stage
//	migrate.go  actors moved for practice
//
// An instant at which firings never end, as with an endless source, is left
// after 1000 firings of one actor: the clock moves on by a millisecond, and by
// twice as much each time that follows. While an actor awaits the world
// ([flow.Awaiter]) and Config.Await says so, the clock goes at the pace of the
// real one.
package stage
