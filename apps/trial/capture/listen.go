package capture

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
)

// A Tap is a running capture.
type Tap struct {
	file string
	cmd  *exec.Cmd
	run  sync.WaitGroup
	said []string // what tcpdump has said
}

// Listen records to file the packets of an interface that fit a filter (pcap-filter),
// and returns when it does. An error may mean that this process may not listen.
func Listen(iface, filter, file string) (*Tap, error) {
	t := &Tap{file: file, cmd: exec.Command("tcpdump", "-i", iface, "-n", "-s", "0", "-U", "-B", "65536", "-Z", "root", "-w", file, filter)}
	said, err := t.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	up := make(chan bool, 1)
	t.run.Go(func() {
		for lines := bufio.NewScanner(said); lines.Scan(); {
			t.said = append(t.said, lines.Text())
			if strings.Contains(lines.Text(), "listening on") {
				up <- true
			}
		}
		close(up)
	})
	if !<-up {
		return nil, errors.Join(errors.New("tcpdump does not listen"), t.end())
	}
	return t, nil
}

// dropped is what tcpdump says in the end.
var dropped = regexp.MustCompile(`(\d+) packets? dropped by kernel`)

// Stop ends the capture. Packets that were missed are an error: what was not
// heard proves nothing.
func (t *Tap) Stop() error {
	if err := t.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	if err := t.end(); err != nil {
		return err
	}
	m := dropped.FindStringSubmatch(strings.Join(t.said, "\n"))
	if m == nil || m[1] != "0" {
		return fmt.Errorf("the capture has gaps: tcpdump said %q", t.said)
	}
	return nil
}

func (t *Tap) end() error {
	t.run.Wait()
	if err := t.cmd.Wait(); err != nil {
		return fmt.Errorf("tcpdump: %w: %q", err, t.said)
	}
	return nil
}
