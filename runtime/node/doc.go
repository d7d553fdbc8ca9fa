// Package node wires the parts into one running node: the door, membership,
// the register, the chain and its rules, the store, the engine, and the control
// API. Nothing below it knows that nodes exist; it decides little itself:
//
//	config.go      what a node is told, as a file
//	node.go        Start and Close: the wiring, from the bottom up
//	offer.go       what the node offers to actors: capabilities
//	devices.go     … devices, files, HTTP, sockets, brokers: what is listed
//	known.go       … the certificates of devices
//	judged.go      … the rules, with a count of what was judged
//	chain.go       the chain, here or by way of the node that has it
//	reconcile.go   the plan says what runs here; make it so
//	links.go       who stands at the ends of a link
//	policy.go      … and whether they may speak to each other
//	deploy.go      check, plan, deploy, stop
//	events.go      what happened here lately
//	report.go      how this node's part of the cluster is
//	view.go        the whole cluster, from every node's report
package node
