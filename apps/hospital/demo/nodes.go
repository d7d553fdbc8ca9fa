package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A process is one node, or the CA service, running.
type process struct {
	name  flow.NodeID
	cmd   *exec.Cmd
	leash io.Closer // its standard input
	done  chan struct{}
	err   error // read after done
}

// nodes are the demo's processes.
type nodes struct {
	exe string
	l   layout
	ca  string // host:port of the CA service

	started func(flow.NodeID, *os.Process)
	deaths  map[flow.NodeID]int // by a signal, in this run

	mu  sync.Mutex // guards all
	all map[flow.NodeID]*process
}

// start runs a node; its output goes to its own log.
func (ns *nodes) start(name flow.NodeID) error {
	log, err := os.OpenFile(ns.l.log(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	// The node ends when its standard input does, so none outlives the demo,
	// however the demo ends.
	cmd := exec.Command(ns.exe, ns.command(name)...)
	cmd.Stderr = log
	if name != caName { // it says on standard output that it is ready
		cmd.Stdout = log
	}
	leash, err := cmd.StdinPipe()
	if err != nil {
		log.Close()
		return err
	}
	// A group of its own: Ctrl-C reaches the demo, which stops the nodes in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p := &process{name: name, cmd: cmd, leash: leash, done: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		log.Close()
		return fmt.Errorf("start node %s: %w", name, err)
	}
	go func() {
		defer close(p.done)
		p.err = cmd.Wait()
		log.Close()
	}()
	ns.started(name, cmd.Process)
	ns.mu.Lock()
	defer ns.mu.Unlock()
	ns.all[name] = p
	return nil
}

// command is the command line of a process.
func (ns *nodes) command(name flow.NodeID) []string {
	if name == caName {
		return []string{"ca", "serve", "--ca", ns.l.ca(), "--listen", ns.ca, "--name", "127.0.0.1", "--registrar", staffName, "--until-stdin-closes"}
	}
	return []string{"node", "run", "--config", ns.l.config(name), "--until-stdin-closes"}
}

// mostDeaths is how often a node may die in one run before the demo gives up.
const mostDeaths = 5

// tend starts a node again that has died, as an init system would. One that
// can't even start, or keeps dying, is an error.
func (ns *nodes) tend() (restarted []flow.NodeID, err error) {
	ns.mu.Lock()
	var dead []*process
	for _, p := range ns.all {
		select {
		case <-p.done:
			dead = append(dead, p)
		default:
		}
	}
	ns.mu.Unlock()
	for _, p := range dead {
		ns.deaths[p.name]++
		if p.cmd.ProcessState.Exited() || ns.deaths[p.name] > mostDeaths {
			return restarted, fmt.Errorf("node %s ended by itself: %v; see %s", p.name, p.err, ns.l.log(p.name))
		}
		if err := ns.start(p.name); err != nil {
			return restarted, err
		}
		restarted = append(restarted, p.name)
	}
	return restarted, nil
}

// stopOrder is the way the tokens go; the CA service is missed by nobody.
var stopOrder = append(slices.Clone(nodeNames), caName)

// stop asks the processes to end, one after the other the way the tokens go, so
// that what the sensors gave still arrives. Who has not ended within the time
// is killed, which is an error.
func (ns *nodes) stop(within time.Duration) error {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	var errs []error
	for _, name := range stopOrder {
		p := ns.all[name]
		if p == nil {
			continue
		}
		p.cmd.Process.Signal(syscall.SIGTERM) // an error means that it has ended
		select {
		case <-p.done:
			if p.err != nil && !p.stillborn() {
				errs = append(errs, fmt.Errorf("node %s: %w; see %s", name, p.err, ns.l.log(name)))
			}
		case <-ctx.Done():
			p.cmd.Process.Kill()
			<-p.done
			errs = append(errs, fmt.Errorf("node %s did not stop within %v and was killed; see %s", name, within, ns.l.log(name)))
		}
	}
	clear(ns.all)
	return errors.Join(errs...)
}

// stillborn reports whether the process was asked to end before it had begun, so
// that it could not answer: one that was started again a moment ago.
func (p *process) stillborn() bool {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGTERM
}
