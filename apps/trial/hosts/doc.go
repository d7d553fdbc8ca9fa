// Package hosts makes hosts of one machine: network namespaces that reach each
// other through a switch, which loses, delays and cuts as it is told.
//
//	lab, err := hosts.Open(5)             // ErrForbidden: the kernel or the user does not allow it
//	exe, args := lab.Command(2, "ping", []string{lab.Address(0)})
//	err = lab.Cut(2, 0)                   // what host 2 sends to host 0 is gone; not the other way
//	err = lab.Weather(1, 3, 0.3, 200*time.Millisecond)
//
// Every host is a namespace with an address of its own. The switch is one more,
// which routes between them; a cut is a rule of its routing, so packets vanish as
// in a broken cable and nobody is told. Loss and delay are made by a process in
// the switch (this program, started again: see [Relay]), through which the
// packets are led by a TUN device; this kernel has no netem. The process that
// opened the lab is outside, joined to the switch by a cable that nothing cuts.
//
// It needs root and /dev/net/tun, and leaves nothing behind once it is closed.
package hosts
