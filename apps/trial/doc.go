// Package trial measures whole processes: how fast links are, what an idle
// actor costs, how soon applications run, and what a failing host does to them.
//
//	res, err := trial.Links(ctx, trial.LinksConfig{Exe: wardflow})
//
// Each trial starts the other processes that it needs itself, from the one
// binary; they end with it, however it ends. What it says is measured in this
// very run; nothing is taken from elsewhere.
package trial
