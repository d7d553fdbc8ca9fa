package device

import (
	"github.com/wardflow/wardflow/runtime/device/files"
	"github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/device/spool"
	"github.com/wardflow/wardflow/runtime/device/web"
)

// Capabilities that are no devices but services of a node. What each offers is
// the type named; a node offers those that its configuration allows.
//
//	buffer.persistent                  queues that survive      *spool.Spools
//	http.get .put .post .delete        one method each          *web.Client
//	io.filereader io.filewriter        folders                  *files.Folders
//	kappa                              reports may push and pull true
//	mqtt.publish mqtt.subscribe        brokers                  *mqtt.Brokers
//	network.socketclient               connections              *socket.Dialer
//	network.tcpserver .udplistener     listening                *socket.Listener
//	sys.attribute.indexed .public      what the node says of itself: [Attributes]

// An Instant service answers at once, as stand-ins do: whoever asks it needs no
// goroutine, and a run in virtual time is the same each time.
type Instant interface{ Instant() }

// addServices binds stand-ins that keep to this process. There are none for
// sockets, whose other end would be missing.
func addServices(s *Set) {
	for _, method := range []string{"delete", "get", "post", "put"} {
		s.Bind("http."+method, &web.Mock{})
	}
	broker, folder := &mqtt.Memory{}, &files.Memory{}
	s.Bind("buffer.persistent", &spool.Memory{})
	s.Bind("io.filereader", folder)
	s.Bind("io.filewriter", folder)
	s.Bind("kappa", true)
	s.Bind("mqtt.publish", broker)
	s.Bind("mqtt.subscribe", broker)
	s.Bind("sys.attribute.indexed", Indexed(nil, "here"))
	s.Bind("sys.attribute.public", Attributes{})
}
