package trial

// A Ground is where the hosts of a trial stand, when it is not this one alone.
type Ground interface {
	// Address is the IP address of a host, counted from 0.
	Address(host int) string
	// Outside is the address of this process, as the hosts reach it.
	Outside() string
	// Command makes of a command the one that runs it on the host. A signal to
	// its process must reach the command itself.
	Command(host int, exe string, args []string) (string, []string)
}
