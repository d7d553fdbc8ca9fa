// Package play runs one script in this process, without a cluster: in virtual
// time on package stage, or in real time on two engines. It runs the test
// blocks of scripts and single test cases of actors, too.
//
//	run.go          what a run is given and what it gives
//	run_virtual*.go a run in virtual time
//	engine*.go      a run on engines, with migrations
//	sinks.go        what the test.Sinks of a script took
//	test*.go        the test blocks of a script
//	case*.go        one actor, one case in JSON
package play
