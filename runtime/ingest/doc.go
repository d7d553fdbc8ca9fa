// Package ingest takes readings from devices that run no node.
//
// A device keeps one connection open to a node, over HTTPS ([Server]) or MQTT
// (package mqtt below this one), and shows its certificate. What it brings is
// decoded strictly ([Decode]), held against that certificate, and handed to the
// actor on this node that serves the device ([Core]). The device is answered
// when its reading is settled: when it has taken effect at the store, or is
// known to be refused. Until then it keeps the reading, and brings it again if
// the answer does not come; its numbers see to it that it counts once.
//
// Identity and group come from the verified certificate. A reading that claims
// another device or another group is refused and goes into the audit record.
package ingest
