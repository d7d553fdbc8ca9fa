package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
)

// What is decided about a host and a node's files.

// Config is about a node's configuration file; err is what reading it gave.
func Config(file string, err error) Finding {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return bad("configuration", file, "give another file with --config, or write one: `wardflow init`", "there is no such file")
	case err != nil:
		return bad("configuration", file, "mend what it says there; `wardflow init` writes a file with every setting explained", "%v", err)
	}
	return good("configuration", file, "every setting is understood")
}

// A Port is an address that a node listens at, and what is there.
type Port struct {
	Key  string // of the configuration: "door"
	Addr string // host:port
	// Err is why nobody can listen there now; nil: it is free. Ours says that the
	// node itself does.
	Err  error
	Ours bool
}

// Ports is about where the node listens.
func Ports(ports []Port) []Finding {
	var all []Finding
	for _, p := range ports {
		about := p.Key + " " + p.Addr
		switch {
		case p.Ours:
			all = append(all, good("port", about, "this node listens there"))
		case p.Err == nil:
			all = append(all, good("port", about, "free"))
		default:
			all = append(all, bad("port", about, fmt.Sprintf("stop what listens there (`ss -ltnp` says what), or set another %s in the configuration", p.Key), "%v", p.Err))
		}
	}
	return all
}

// KeyMode is about who may read a file with a private key.
func KeyMode(file string, mode fs.FileMode) Finding {
	if open := mode.Perm() & 0o077; open != 0 {
		return bad("key", file, "chmod 600 "+file+"; where others have logins on this host, get another key: `wardflow enroll`", "others may read or change it: its mode is %04o", mode.Perm())
	}
	return good("key", file, "only its owner may read it")
}

// TrustMode is about who may change whom a node believes.
func TrustMode(file string, mode fs.FileMode) Finding {
	if mode.Perm()&0o022 != 0 {
		return bad("trust", file, "chmod go-w "+file+", and compare it with the hospital's", "others may change whom this node believes: its mode is %04o", mode.Perm())
	}
	return good("trust", file, "only its owner may change it")
}

// Certificates is about the life of certificates, and whether they are believed.
func Certificates(all []control.Certificate) []Finding {
	var found []Finding
	for _, c := range all {
		about := string(c.Use) + " " + c.Name
		if len(c.Nodes) == 1 && string(c.Nodes[0]) != c.Name {
			about += " at " + string(c.Nodes[0])
		}
		left := fmt.Sprintf("good until %s, %.0f%% of its life left", c.Until.UTC().Format(time.DateTime), 100*c.Left)
		mend := c.Mend
		if mend == "" {
			mend = "issue it anew: `wardflow cert renew`, or `wardflow enroll` with a token of the hospital's authority"
		}
		why := c.Failed
		if why == "" {
			why = "nobody believes it"
		}
		switch c.State {
		case control.CertificateEnded:
			found = append(found, bad("certificate", about, mend, "ended %s", c.Until.UTC().Format(time.DateTime)))
		case control.CertificateRefused:
			found = append(found, bad("certificate", about, mend, "%s", why))
		case control.CertificateNotYet:
			found = append(found, bad("certificate", about, "set this host's clock", "begins only %s: is the clock right?", c.From.UTC().Format(time.DateTime)))
		case control.CertificateEnding:
			if c.Failed != "" {
				left += ", and it could not be renewed: " + c.Failed
			}
			found = append(found, warning("certificate", about, mend, "%s", left))
		default:
			if c.Odd() {
				found = append(found, warning("certificate", about, mend, "%s, but it could not be renewed: %s", left, c.Failed))
				continue
			}
			found = append(found, good("certificate", about, "%s", left))
		}
	}
	return found
}

// How slow a disk may be before local actors and the register feel it: each
// checkpoint waits for one sync, and voters miss their turn when syncs take as
// long as a heartbeat. A single slow one is bad luck, half of them are a bad disk.
const (
	syncSlow = 20 * time.Millisecond
	syncBad  = 200 * time.Millisecond
)

// Sync is about how long a disk takes to keep what it is given: the times of some
// writes, each written through.
func Sync(dir string, took []time.Duration) Finding {
	if len(took) == 0 {
		return Skip("disk", dir, "nothing was written")
	}
	took = slices.Sorted(slices.Values(took))
	return syncs(dir, took[len(took)/2], took[(len(took)*99-1)/100])
}

func syncs(about string, half, most time.Duration) Finding {
	found := fmt.Sprintf("99 in 100 syncs take at most %s", most.Round(10*time.Microsecond))
	if half > 0 {
		found = fmt.Sprintf("half of the syncs take at most %s, 99 in 100 at most %s", half.Round(10*time.Microsecond), most.Round(10*time.Microsecond))
	}
	const mend = "put the node's dir on a disk of its own, best an SSD that keeps what it has in a power cut; look for what else writes there (`iostat -x 1`)"
	switch {
	case half > syncBad:
		return bad("disk", about, mend, "%s: the register and all local actors wait for it", found)
	case most > syncSlow:
		return warning("disk", about, mend, "%s: each checkpoint takes as long", found)
	}
	return good("disk", about, "%s", found)
}

// Room is about free room on a disk, in bytes; all 0 is not known.
func Room(about string, free, all uint64) Finding {
	if all == 0 {
		return Skip("room", about, "it is not known how large the disk is")
	}
	share := float64(free) / float64(all)
	found := fmt.Sprintf("%s of %s are free", size(free), size(all))
	const mend = "make room, or move the node's dir: a node that can't write stops what it does"
	switch {
	case free < 512<<20:
		return bad("room", about, mend, "%s", found)
	case free < 2<<30 || share < 0.05:
		return warning("room", about, mend, "%s", found)
	}
	return good("room", about, "%s", found)
}

// Files is about how many files and connections a process may open; most 0 is no
// bound, or not known.
func Files(about string, open, most int) Finding {
	const mend = "raise it: LimitNOFILE=65536 in the service's unit, or `ulimit -n 65536` before the node starts"
	switch {
	case most == 0:
		return good("files", about, "no limit is set")
	case open > most*9/10:
		return bad("files", about, mend, "%d of %d files are open: new connections will fail", open, most)
	case most < 4096 || open > most*2/3:
		return warning("files", about, mend, "%d files may be open at a time, %d are: each link, device and viewer takes one", most, open)
	}
	return good("files", about, "%d files may be open at a time", most)
}

// Memory is about a host's memory in bytes; all 0 is not known.
func Memory(about string, used, all uint64) Finding {
	if all == 0 {
		return Skip("memory", about, "it is not known how much there is")
	}
	found := fmt.Sprintf("%s of %s are in use", size(used), size(all))
	const mend = "give the host more, or let placement put less there: `wardflow node drain`, or a rule on memAvail"
	switch share := float64(used) / float64(all); {
	case share > 0.97:
		return bad("memory", about, mend, "%s: the system may end the node at any time", found)
	case share > 0.9:
		return warning("memory", about, mend, "%s", found)
	}
	return good("memory", about, "%s", found)
}

// size is bytes in words, by thousands: "1.5 GB".
func size(n uint64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	f, u := float64(n), 0
	for f >= 999.5 && u < len(units)-1 {
		f /= 1000
		u++
	}
	if u == 0 || f >= 99.5 {
		return fmt.Sprintf("%.0f %s", f, units[u])
	}
	return fmt.Sprintf("%.1f %s", f, units[u])
}
