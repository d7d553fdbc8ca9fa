// Package device is what actors touch the world with: named capabilities, such
// as io.temperature, each bound to a driver by the node's configuration.
//
//	devices:
//	  io.temperature: {driver: mock, value: 36.8}
//	  io.light:       {driver: file, path: /sys/class/gpio/gpio17/value}
//
// An actor names the capability and never the driver, so a script runs
// unchanged on a bedside computer, on recordings, and on mocks ([Mocks]) where
// there is no hardware at all.
//
//	device.go    the nouns: Input, Feed, Output
//	names.go     every capability, with the kind and range of its values
//	set.go       capabilities bound to drivers
//	config.go    … as the configuration says
//	mock.go …    one driver a file
//	drive.go     what people have mocks do: play traces (trace.go), go wrong
//	bench.go     mocks that stand before sensors with signals of their own
//	services.go  what a node offers beside devices: files, HTTP, sockets, brokers
//
// No driver reads a clock or starts a timer: whoever reads says what time it
// is, and a feed says when to ask again. So devices keep their pace in virtual
// time as well.
package device
