// Package sensor holds the actor types of the namespace sensor: devices at a
// patient. Each speaks with a device's certificate and signs what it gives, so
// that a reading can be held against the device for good, whoever carries and
// keeps it.
//
// A device is a signal at a pace. Its signal, recorded or made, is a plain state
// machine that gives one piece after another; device.go stamps them with the
// present time, numbers and signs them.
package sensor
