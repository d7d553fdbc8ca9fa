// Package actortest runs one actor on a bench: tokens are laid into its
// in-ports, it fires as the engine lets it (package firing), and what it gives
// is taken from its out-ports. The clock stands until the test moves it.
//
//	b := actortest.Start(t, actortest.NewEnv(), std.Sum(), nil)
//	b.Feed("integer", int64(1), int64(2))
//	b.Run()
//	got := b.Take("integer") // 1, 3
//
// Each port has one link, whatever its routing: what is fed to a port that
// collects is as already collected. Tokens that no action could use are in
// [Bench.Letters].
//
// The bench also holds every actor to its promises: arguments and ports are
// those of its Spec, what it gives can be carried, a firing that returns an
// error has changed nothing, and saved state restores to the same state.
package actortest
